import { describe, expect, it } from "vitest";
import { cases, portableCases } from "../src/cases.ts";
import { runCase } from "../src/run/run-case.ts";
import { referenceHarness } from "./reference-harness.ts";

const OPTIONS = { settleMs: 20, seed: 7 };

describe("what Filesystem promises whatever the driver does", () => {
  it.concurrent.each(portableCases)("$id: $title", async (contractCase) => {
    const outcome = await runCase(contractCase, referenceHarness(), { ...OPTIONS, variant: "plain" });
    expect(outcome).toEqual({ status: "passed" });
  });
});

/** Authors run those that `isPrefixed` marks: whether a view of a right filesystem is right is nothing that a driver can change. */
describe("every promise, behind a prefix", () => {
  const makesViews = ({ id }: { id: string }) => ["open/prefixes-stay-apart", "life/view"].includes(id); // no room for them
  const all = [...cases, ...portableCases].filter(
    (entry) => entry.tier === "fast" && !makesViews(entry) && !entry.needs?.includes("directory"),
  );
  const isAlone = ({ isExclusive }: { isExclusive?: boolean }) => isExclusive === true;
  const runPrefixed = async (contractCase: (typeof all)[number]) => {
    const outcome = await runCase(contractCase, referenceHarness(), { ...OPTIONS, variant: "prefixed" });
    expect(outcome).toEqual({ status: "passed" });
  };

  it.concurrent.each(all.filter((contractCase) => !isAlone(contractCase)))("$id", runPrefixed);
  it.each(all.filter(isAlone))("$id", runPrefixed);
});
