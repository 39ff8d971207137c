import assert from "node:assert/strict";
import { describe, expect, it } from "vitest";
import { cases, portableCases } from "../src/cases.ts";
import type { ContractCase } from "../src/contract-case.ts";
import { runCase } from "../src/run-case.ts";
import { commitFlaws } from "./broken-drivers/commit-flaws.ts";
import { commitSignalFlaws } from "./broken-drivers/commit-signal-flaws.ts";
import { diskFlaws } from "./broken-drivers/disk-flaws.ts";
import { elsewhereFlaws } from "./broken-drivers/elsewhere-flaws.ts";
import { concurrencyFlaws, errorFlaws } from "./broken-drivers/error-and-concurrency-flaws.ts";
import { exactFlaws } from "./broken-drivers/exact-flaws.ts";
import { failureFlaws } from "./broken-drivers/failure-flaws.ts";
import type { Flaw } from "./broken-drivers/flaw.ts";
import { handleFlaws } from "./broken-drivers/handle-flaws.ts";
import { heldFlaws } from "./broken-drivers/held-flaws.ts";
import { keyFlaws } from "./broken-drivers/key-flaws.ts";
import { libraryKeyFlaws } from "./broken-drivers/library-key-flaws.ts";
import { lifeFlaws, undeclaredFlaws } from "./broken-drivers/life-flaws.ts";
import { listFlaws } from "./broken-drivers/list-flaws.ts";
import { listNeighbourFlaws } from "./broken-drivers/list-neighbour-flaws.ts";
import { managerFlaws } from "./broken-drivers/manager-flaws.ts";
import { openFlaws } from "./broken-drivers/open-flaws.ts";
import { pageFlaws } from "./broken-drivers/page-flaws.ts";
import { partFlaws } from "./broken-drivers/part-flaws.ts";
import { readFlaws } from "./broken-drivers/read-flaws.ts";
import { sourceFlaws } from "./broken-drivers/source-flaws.ts";
import { deleteFlaws, statFlaws } from "./broken-drivers/stat-and-delete-flaws.ts";
import { statTimeFlaws } from "./broken-drivers/stat-time-flaws.ts";
import { urlFlaws } from "./broken-drivers/url-flaws.ts";
import { largeReadFlaws, openAgainFlaws, versionFlaws } from "./broken-drivers/version-flaws.ts";
import { createFlaws, writeFailureFlaws } from "./broken-drivers/write-failure-flaws.ts";
import { writeFlaws } from "./broken-drivers/write-flaws.ts";
import { writtenFlaws } from "./broken-drivers/written-flaws.ts";

const GROUPS: Readonly<Record<string, readonly Flaw[]>> = {
  open: [...openFlaws, ...handleFlaws, ...openAgainFlaws],
  keys: [...keyFlaws, ...libraryKeyFlaws],
  write: [...writeFlaws, ...commitFlaws, ...partFlaws, ...writtenFlaws, ...exactFlaws],
  "write that fails": [...writeFailureFlaws, ...sourceFlaws, ...commitSignalFlaws],
  create: createFlaws,
  elsewhere: elsewhereFlaws,
  read: [...readFlaws, ...largeReadFlaws, ...versionFlaws],
  list: [...listFlaws, ...listNeighbourFlaws, ...pageFlaws],
  stat: [...statFlaws, ...statTimeFlaws],
  delete: deleteFlaws,
  urls: urlFlaws,
  life: [...lifeFlaws, ...heldFlaws],
  disk: diskFlaws,
  undeclared: undeclaredFlaws,
  errors: [...errorFlaws, ...failureFlaws],
  concurrency: concurrencyFlaws,
  manager: managerFlaws,
};

const ALL_CASES = [...cases, ...portableCases];
const OPTIONS = { variant: "plain", settleMs: 40, seed: 42 } as const;

describe.each(Object.entries(GROUPS))("%s", (_, flaws) => {
  const catches = flaws.flatMap((flaw) => flaw.caughtBy.map((id) => ({ ...flaw, contractCase: caseOf(id) })));
  const isAlone = ({ contractCase }: { contractCase: ContractCase }) => contractCase.isExclusive === true;

  it.concurrent.each(catches.filter((entry) => !isAlone(entry)))("$contractCase.id catches it if $name", assertCaught);
  it.each(catches.filter(isAlone))("$contractCase.id catches it if $name", assertCaught);
});

it("every case catches a flaw", () => {
  const catching = new Set(Object.values(GROUPS).flatMap((flaws) => flaws.flatMap(({ caughtBy }) => caughtBy)));
  expect(ALL_CASES.map(({ id }) => id).filter((id) => !catching.has(id))).toEqual([]);
});

async function assertCaught({
  contractCase,
  harness,
  isHanging,
}: Flaw & { contractCase: ContractCase }): Promise<void> {
  const outcome = await runCase(contractCase, harness, { ...OPTIONS, timeoutMs: isHanging ? 1_000 : 20_000 });
  expect(outcome.status).toBe("failed");
  const isTimeout = outcome.status === "failed" && String(outcome.error).includes("is not over after");
  expect(isTimeout).toBe(isHanging ?? false);
}

function caseOf(id: string): ContractCase {
  return ALL_CASES.find((candidate) => candidate.id === id) ?? assert.fail(`${id} is no case`);
}
