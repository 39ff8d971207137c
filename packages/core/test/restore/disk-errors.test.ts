import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ERRORS, failEachCall, failEachCallOfRecovery, failFromEachCall } from "./disk-errors.ts";
import { scenarioCalled } from "./scenarios.ts";

// A recovery that is undone says so each time.
beforeEach(() => void vi.spyOn(process, "emitWarning").mockImplementation(() => {}));
afterEach(() => void vi.restoreAllMocks());

describe.each([
  "a database with its log and directories",
  "entries that are kept at every depth",
  "no data directory yet",
])("a disk call that fails during a restore of %s", (name) => {
  const scenario = scenarioCalled(name);

  it.each(ERRORS)("with %s once leaves the old data, or the new if the application was told so", async (code) => {
    const outcomes = await failEachCall(scenario, code);

    console.info(`${code} at each disk call of a restore of ${name}: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old).toBeGreaterThan(50);
    expect(outcomes.new).toBeGreaterThan(10);
  });

  it.each(["ENOSPC", "EROFS", "EIO"])("with %s from then on leaves what recover brings to old or new", async (code) => {
    const outcomes = await failFromEachCall(scenario, code);

    console.info(`${code} from each disk call on of a restore of ${name}: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old).toBeGreaterThan(40);
  });

  it("with EIO once during recovery leaves the old data or the new", async () => {
    const outcomes = await failEachCallOfRecovery(scenario, "EIO", 7);

    expect(outcomes.old + outcomes.new).toBeGreaterThan(100);
  });
});

describe("a disk call that fails during a restore of mounts", () => {
  const scenario = scenarioCalled("mounts that are restored too");

  it("leaves what recover brings to old or new, with EIO from then on", async () => {
    const outcomes = await failFromEachCall(scenario, "EIO");

    expect(outcomes.old).toBeGreaterThan(50);
  });
});
