import { StowageError } from "@stowage/core";

/** Takes `scheme://bucket/prefix` apart. */
export function bucketAndPrefix(url: URL): { bucket: string; prefix?: string } {
  const bucket = url.hostname;
  if (bucket === "" || url.port !== "") {
    throw new StowageError("CONFIG_INVALID", `url: it must look like ${url.protocol}//bucket/prefix`);
  }
  const prefix = decoded(url.pathname).replace(/^\//, "");
  return prefix === "" ? { bucket } : { bucket, prefix };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new StowageError("CONFIG_INVALID", "url: its prefix is not UTF-8 in percent-encoding");
  }
}
