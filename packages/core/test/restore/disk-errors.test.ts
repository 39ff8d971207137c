import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ERRORS, failEachCall, failEachCallOfRecovery, failFromEachCall, LASTING_ERRORS } from "./disk-errors.ts";
import { scenarioCalled } from "./scenarios.ts";

// Each call fails with one of the errors, in turn; the slow tests try them all at each, and more shapes of data.

// A recovery that is undone says so each time.
beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe("a disk call that fails during a restore", () => {
  const scenario = scenarioCalled("a database with its log and directories");

  it("once leaves the old data, or the new if the application was told so", async () => {
    const outcomes = await failEachCall(scenario, { codes: ERRORS, states: 6 });

    console.info(`An error at each disk call of a restore: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old).toBeGreaterThan(50);
    expect(outcomes.new).toBeGreaterThan(10);
  });

  it("from then on leaves what recover brings to old or new", async () => {
    const outcomes = await failFromEachCall(scenario, { codes: LASTING_ERRORS });

    console.info(`An error from each disk call of a restore on: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old).toBeGreaterThan(40);
  });

  it("with EIO once during recovery leaves the old data or the new", async () => {
    const outcomes = await failEachCallOfRecovery(scenario, "EIO", 29);

    expect(outcomes.old + outcomes.new).toBeGreaterThan(50);
  });
});
