import { join } from "node:path";
import { BackupManager, type BackupManagerOptions } from "@stowage/core";
import type { RecordedRequest, S3ServerOptions } from "@stowage/test-kit";
import { readTree, type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { expect, it, onTestFinished } from "vitest";
import type { S3Options } from "../src/index.ts";
import { type Bed, PART_SIZE, pattern, startBed } from "./bed.ts";
import { DAY_MS, REFUSALS } from "./object-lock-bed.ts";

/** The third renewal comes a whole ttl after the start, when a holder that could not renew would have given up. */
const RENEWALS = 2;
const KEEP_ONE = { keepLast: 1, others: true };
const FIRST_RECORD = ".stowage-lock.0000000000000001";
const DATA: Tree = { "app.db": pattern(3 * PART_SIZE).toString("latin1"), "notes/a.txt": "a note" };

const PLACES: [name: string, bed: S3ServerOptions, options: Partial<S3Options>][] = [
  ["with our option", { objectLock: {} }, { objectLock: { mode: "governance", days: 30 } }],
  ["with a default rule", { objectLock: { defaultRetention: { mode: "COMPLIANCE", days: 30 } } }, {}],
];

it.each(PLACES)("a locked bucket %s keeps what a manager stores until its days are over", async (_, place, options) => {
  let ahead = 0;
  const bed = await startBed({ ...place, now: () => Date.now() + ahead });
  const { manager, dataDir } = await managerOn(bed, options);
  for (const name of ["old.zip", "new.zip"]) await manager.create({ name });
  await writeTree(dataDir, { "notes/a.txt": "changed" });

  const until = bed.server.versions("old.zip")[0]?.object?.retention?.until.toISOString();
  const deletion = manager.delete("old.zip");
  await expect(deletion).rejects.toMatchObject({ code: "PERMISSION_DENIED", operation: "delete", key: "old.zip" });
  await expect(deletion).rejects.toThrow(`until ${until}`);
  const { removed, decisions } = await manager.prune(KEEP_ONE);
  expect(removed).toBe(0);
  expect(decisions.flatMap(({ reasons }) => reasons).join()).toContain("object lock retains it until");
  await expect(manager.create({ name: "old.zip" })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  await manager.restore("old.zip");

  expect(await readTree(dataDir)).toEqual(DATA);
  expect((await manager.list()).map(({ key }) => key).sort()).toEqual(["new.zip", "old.zip"]);
  ahead = 31 * DAY_MS;
  expect(await manager.prune(KEEP_ONE)).toMatchObject({ removed: 1 });
  const [left] = await manager.list();
  const gone = left?.key === "old.zip" ? "new.zip" : "old.zip"; // of one second
  await manager.create({ name: gone });
  expect(bed.server.versions(gone).map(({ object }) => object !== undefined)).toEqual([true, false, true]);
});

it.each(PLACES)(
  "a locked bucket %s takes a create that outlives several renewals of its lock",
  async (_, place, options) => {
    const bed = await startBed(place);
    const isRetained = place.objectLock?.defaultRetention !== undefined;
    const { manager } = await managerOn(bed, options, {
      lockTtlMs: 3_000,
      hooks: { beforeSnapshot: () => until(() => bed.server.versions(FIRST_RECORD).length > RENEWALS) },
    });

    await manager.create({ name: "a.zip" });
    await manager.create({ name: "b.zip" });

    const retentions = bed.server.versions(FIRST_RECORD).flatMap(({ object }) => (object ? [object.retention] : []));
    expect(retentions.length).toBeGreaterThan(RENEWALS);
    expect(retentions.every((retention) => (retention !== undefined) === isRetained)).toBe(true);
    expect((await manager.list()).map(({ key }) => key).sort()).toEqual(["a.zip", "b.zip"]);
  },
);

it.each(REFUSALS)("a create goes on where renewals are forbidden in the words of %s", async (_, fault) => {
  const bed = await startBed();
  const forbidden = bed.proxy.inject({ match: isChangeOfRecord, fault });
  const { manager, dataDir } = await managerOn(
    bed,
    {},
    {
      lockTtlMs: 3_000,
      hooks: { beforeSnapshot: () => until(() => forbidden() > RENEWALS) },
    },
  );

  await manager.create({ name: "a.zip" });
  await manager.restore("a.zip");
  await manager.create({ name: "b.zip" });

  expect(await readTree(dataDir)).toEqual(DATA);
  expect((await manager.list()).map(({ key }) => key).sort()).toEqual(["a.zip", "b.zip"]);
});

function isChangeOfRecord({ method, path, headers }: RecordedRequest): boolean {
  const changes = method === "DELETE" || (method === "PUT" && headers["if-none-match"] === undefined);
  return changes && path.includes("/.stowage-lock.");
}

/** A manager of data of its own. */
async function managerOn(
  bed: Bed,
  options: Partial<S3Options>,
  rest: Pick<BackupManagerOptions, "hooks" | "lockTtlMs"> = {},
): Promise<{ manager: BackupManager; dataDir: string }> {
  const dataDir = join(await temporaryDirectory(), "data");
  await writeTree(dataDir, DATA);
  const manager = new BackupManager({ dataDir, filesystem: bed.open(options), ...rest });
  onTestFinished(() => manager.close());
  return { manager, dataDir };
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}
