import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ERRORS, failEachCall, failEachCallOfRecovery, failFromEachCall, LASTING_ERRORS } from "./disk-errors.ts";
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
    const outcomes = await failEachCall(scenario, { codes: [code] });

    console.info(`${code} at each disk call of a restore of ${name}: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old).toBeGreaterThan(50);
    expect(outcomes.new).toBeGreaterThan(10);
  });

  it.each(LASTING_ERRORS)("with %s from then on leaves what recover brings to old or new", async (code) => {
    const outcomes = await failFromEachCall(scenario, { codes: [code] });

    console.info(`${code} from each disk call on of a restore of ${name}: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old).toBeGreaterThan(40);
  });

  it.each(ERRORS)("with %s once during its recovery leaves the old data or the new", async (code) => {
    const outcomes = await failEachCallOfRecovery(scenario, code, 1);

    console.info(`${code} at each call of each recovery of ${name}: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old + outcomes.new).toBeGreaterThan(500);
  });
});

describe("a disk call that fails during a restore of mounts", () => {
  const scenario = scenarioCalled("mounts that are restored too");

  it.each(["EIO", "EXDEV"])(
    "with %s once leaves the old data, or the new if the application was told so",
    async (code) => {
      const outcomes = await failEachCall(scenario, { codes: [code] });

      console.info(`${code} at each disk call of a restore of mounts: ${JSON.stringify(outcomes)}, 0 mixed`);
      expect(outcomes.old).toBeGreaterThan(100);
      expect(outcomes.new).toBeGreaterThan(10);
    },
  );

  it("leaves what recover brings to old or new, with EIO from then on", async () => {
    const outcomes = await failFromEachCall(scenario, { codes: ["EIO"] });

    console.info(`EIO from each disk call on of a restore of mounts: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old).toBeGreaterThan(50);
  });

  it("with EIO once during each 5th recovery leaves the old data or the new", async () => {
    const outcomes = await failEachCallOfRecovery(scenario, "EIO", 5);

    console.info(`EIO at each call of recoveries of mounts: ${JSON.stringify(outcomes)}, 0 mixed`);
    expect(outcomes.old + outcomes.new).toBeGreaterThan(500);
  });
});
