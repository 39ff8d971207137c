import type { Capabilities, Limits } from "../driver.ts";

/** What can be relied on wherever an object lies: each feature that all have, and the strictest of each limit. */
export function commonCapabilities(all: readonly Capabilities[]): Capabilities {
  const limits = all.map((capabilities) => capabilities.limits);
  return Object.freeze({
    conditionalCreate: all.every(({ conditionalCreate }) => conditionalCreate),
    contentTypes: all.every(({ contentTypes }) => contentTypes),
    signedUrls: all.every(({ signedUrls }) => signedUrls),
    shared: all.every(({ shared }) => shared),
    limits: Object.freeze({
      pageSize: Math.min(...limits.map(({ pageSize }) => pageSize)),
      timestampResolutionMs: Math.max(...limits.map(({ timestampResolutionMs }) => timestampResolutionMs)),
      ...smallest("partSize", limits),
      ...smallest("objectSize", limits),
      ...smallest("conditionalCreateSize", limits),
    }),
  });
}

function smallest(name: "partSize" | "objectSize" | "conditionalCreateSize", all: readonly Limits[]): Partial<Limits> {
  const values = all.map((limits) => limits[name]).filter((value) => value !== undefined);
  return values.length === 0 ? {} : { [name]: Math.min(...values) };
}
