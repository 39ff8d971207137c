import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTree } from "@stowage/test-kit/tree";
import { expect, it, vi } from "vitest";
import { BUSY } from "../bed/answers.ts";
import { ADMIN, DATA } from "../bed/bed.ts";
import { makeWatchedBed } from "../bed/watched-bed.ts";

const COUNT = 50;

it.each([false, true])("of 50 restores at once exactly one runs (waitForRestore: %s)", async (waitForRestore) => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let swaps = 0;
  const beforeSwap = () => {
    swaps++;
    return opened;
  };
  const bed = await makeWatchedBed({ manager: { hooks: { beforeSwap } }, handler: { waitForRestore } });
  for (const name of ["a.zip", "b.zip"]) await bed.manager.create({ name });
  await writeFile(join(bed.dataDir, "data.db"), "spoiled");
  await writeFile(join(bed.dataDir, "later.txt"), "was not there");
  let refused = 0;

  const restoring = Array.from({ length: COUNT }, async (_, index) => {
    const path = `${bed.url}/api/backups/${index % 2 === 0 ? "a" : "b"}.zip/restore`;
    const response = await fetch(path, { method: "POST", headers: ADMIN });
    if (response.status === 204) return undefined;
    refused++;
    return response.json();
  });
  await vi.waitFor(() => expect(refused).toBe(COUNT - 1), { timeout: 20_000 });
  expect(await readTree(bed.dataDir)).toMatchObject({ "data.db": "spoiled" });
  open();
  const answers = await Promise.all(restoring);

  expect(answers.filter((answer) => answer === undefined)).toHaveLength(1);
  expect(answers.filter((answer) => answer !== undefined)).toEqual(Array(COUNT - 1).fill(BUSY));
  await vi.waitFor(() => expect(bed.manager.status().active).toBeUndefined(), { timeout: 20_000 });
  expect(swaps).toBe(1);
  expect(await readTree(bed.dataDir)).toEqual(DATA);
  expect(await bed.keys()).toEqual(["a.zip", "b.zip"]);
  bed.watch.expectNoLeak(bed);
});
