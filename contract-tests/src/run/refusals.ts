import type { Filesystem, StowageError } from "@stowage/core";
import { assertEqual } from "../assert/assert-equal.ts";
import { assertAbsent, assertRejects } from "../assert/assertions.ts";
import type { CaseContext } from "../case/case-context.ts";
import { textBytes, WatchedContent } from "../case/content.ts";
import type { CapabilityNeed } from "../case/needs.ts";
import type { DriverVerb } from "../faults/intercept-calls.ts";
import { recordCalls } from "../faults/record-calls.ts";

type Attempt = (filesystem: Filesystem, key: string, content: WatchedContent) => Promise<unknown>;

/** How to ask for each capability. */
const ATTEMPTS: Readonly<Record<CapabilityNeed, Attempt>> = {
  conditionalCreate: (filesystem, key, content) => filesystem.write(key, content, { ifNotExists: true }),
  contentTypes: (filesystem, key, content) => filesystem.write(key, content, { contentType: "text/plain" }),
  signedUrls: (filesystem, key) => filesystem.signUrl(key, { expiresInMs: 1_000 }),
};

/** What runs instead of a case whose capability is not declared: asking for it must be refused before any I/O, not ignored. */
export async function assertRefusal(context: CaseContext, capability: CapabilityNeed): Promise<StowageError> {
  const calls: DriverVerb[] = [];
  const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
  const content = new WatchedContent([textBytes("never stored")]);
  const attempt = () => ATTEMPTS[capability](filesystem, context.key("a"), content);
  const error = await assertRejects(attempt, "UNSUPPORTED", { key: context.key("a") });
  assertEqual(calls, [], `the calls of a driver of which ${capability} is asked, which it does not declare,`);
  assertEqual(content.pulled, 0, `how many chunks are taken where ${capability} is not declared`);
  await assertAbsent(context.filesystem, context.key("a"));
  return error;
}
