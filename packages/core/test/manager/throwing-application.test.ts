import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundle } from "@stowage/test-kit/program";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import type { Outcome } from "./throwing-child.ts";

const CHILD = fileURLToPath(new URL("./throwing-child.ts", import.meta.url));

const CREATED: Outcome = { code: "", keys: ["a.zip", "b.zip"], data: "new" };
const RESTORED: Outcome = { code: "", keys: ["a.zip"], data: "old" };
const UNTOUCHED: Outcome = { code: "INTERNAL", keys: ["a.zip"], data: "new" };

/** What comes of an operation in which code of the application fails: listeners and promises of `onProgress` fail nothing. */
function expectedOf(how: string): Record<string, Outcome> {
  const ofEvents = ["start", "progress", "done", "failed"].flatMap((event): [string, Outcome][] => [
    [`${event} ${how}: create`, CREATED],
    [`${event} ${how}: restore`, RESTORED],
  ]);
  const failsAtOnce = how === "throws";
  return {
    ...Object.fromEntries(ofEvents),
    [`onProgress ${how}: create`]: failsAtOnce ? UNTOUCHED : CREATED,
    [`onProgress ${how}: restore`]: failsAtOnce ? UNTOUCHED : RESTORED,
    [`beforeSnapshot ${how}: create`]: UNTOUCHED,
    [`afterSnapshot ${how}: create`]: { ...CREATED, code: "INTERNAL" },
    [`beforeSwap ${how}: restore`]: UNTOUCHED,
    [`afterSwap ${how}: restore`]: { ...RESTORED, code: "INTERNAL" },
    [`onRestored ${how}: restore`]: { ...RESTORED, code: "INTERNAL" },
  };
}

it("a process whose hooks, listeners and onProgress fail lives on, and its operations end as they should", async () => {
  const directory = await temporaryDirectory();
  const child = await bundle(CHILD, directory);

  const { stdout, stderr } = await promisify(execFile)(process.execPath, [child, directory]); // rejects for another status than 0

  const hows = ["throws", "rejects", "rejects with no text"];
  expect(JSON.parse(stdout)).toEqual(Object.assign({}, ...hows.map(expectedOf)));
  expect(stderr).toContain("Error: of the application");
  expect(stderr).toContain("an object without a text was thrown");
});
