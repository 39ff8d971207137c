import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ERRORS, failEachCallOfRecovery } from "./disk-errors.ts";
import { scenarioCalled } from "./power-cut-scenarios.ts";

// A recovery that is undone says so each time.
beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe.each([
  "a database with its log and directories",
  "entries that are kept at every depth",
  "no data directory yet",
])("a disk call that fails during the recovery of a restore of %s", (name) => {
  it.each(ERRORS)("with %s once leaves the old data or the new", async (code) => {
    const outcomes = await failEachCallOfRecovery(scenarioCalled(name), code, 1);

    console.info(`${code} at each call of each recovery of ${name}: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old + outcomes.new).toBeGreaterThan(500);
  });
});
