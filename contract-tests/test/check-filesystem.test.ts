import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { cases, checkFilesystem, type Harness } from "../src/index.ts";
import { ReferenceDriver } from "./reference-driver.ts";
import { referenceHarness } from "./reference-harness.ts";

const FAST = cases.filter(({ tier }) => tier === "fast");

/** The reference driver keeps its objects in a Map. */
const outcomeOf = ({ needs }: (typeof FAST)[number]) => (needs?.includes("directory") ? "skipped" : "passed");
const KEPT = FAST.filter((contractCase) => outcomeOf(contractCase) === "passed");

/** Vitest fails a run with an unhandled rejection; here the suite is what has to notice it. */
let listeners: NodeJS.UnhandledRejectionListener[] = [];
beforeEach(() => {
  listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection");
});
afterEach(() => {
  for (const listener of listeners) process.on("unhandledRejection", listener);
});

describe("checkFilesystem", () => {
  it("reports that a correct driver keeps all promises, and listens for errors that nobody can catch while it runs", async () => {
    const seen: string[] = [];
    const before = process.listenerCount("uncaughtException");
    const listeners = new Set<number>();
    const report = await checkFilesystem(referenceHarness(), {
      settleMs: 1,
      onCase: ({ id }, { status }) => {
        seen.push(`${id} ${status}`);
        listeners.add(process.listenerCount("uncaughtException"));
      },
    });
    expect(report).toMatchObject({ passed: KEPT.length, failed: [], deviating: [] });
    expect(seen).toEqual(FAST.map((contractCase) => `${contractCase.id} ${outcomeOf(contractCase)}`));
    expect([...listeners, process.listenerCount("uncaughtException")]).toEqual([before + 1, before]);
  });

  it("reports broken promises and rejections that nobody handles, and what was skipped", async () => {
    const harness = referenceHarness({
      driver: (place) =>
        new (class extends ReferenceDriver {
          override async delete(): Promise<void> {
            void Promise.reject(new Error("nobody awaits me"));
          }
        })(place),
      changes: () => ({ residue: undefined }) as never,
    });
    const report = await checkFilesystem(harness, { settleMs: 1 });
    const ids = report.failed.map(({ id }) => id);
    expect(ids).toContain("delete/removes");
    expect(ids.at(-1)).toBe("errors/no-unhandled-rejection");
    expect(report.skipped).toContainEqual({
      id: "write-fails/leaves-no-residue",
      reason: "the harness has no residue",
    });
  });

  it("tells the harness for which case a place is", async () => {
    const told: unknown[] = [];
    const harness: Harness = {
      create: (contractCase) => {
        told.push(contractCase);
        return referenceHarness().create();
      },
    };
    await checkFilesystem(harness, { tiers: ["remote"] });
    expect(told).toEqual([undefined, ...cases.filter(({ tier }) => tier === "remote")]);
  });

  it("rejects if no case is run", async () => {
    await expect(checkFilesystem(referenceHarness(), { tiers: [] })).rejects.toThrow("no case was run");
  });
});
