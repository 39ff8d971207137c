import { readTree, type Tree, writeTree } from "@stowage/test-kit/tree";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { removeTree } from "../../src/disk/remove-tree.ts";
import { DATA, type Fixture, makeManager } from "./manager-fixture.ts";

export const CHANGED: Tree = { "data.db": "changed", "logs/new.log": "new", "only-now": "x" };

/** A backup under "a.zip", and data that has changed since. */
export async function changedSinceBackup(
  options: Parameters<typeof makeManager>[0] = {},
  data: Tree = DATA,
): Promise<Fixture> {
  const fixture = await makeManager({ ...options, data });
  await fixture.manager.create({ name: "a.zip" });
  for (const name of await nodeDisk.readDirectory(fixture.dataDir)) {
    await removeTree(nodeDisk, `${fixture.dataDir}/${name}`);
  }
  await writeTree(fixture.dataDir, CHANGED);
  return fixture;
}

/** What lies in the data directory, without what is kept. */
export async function dataOf(dataDir: string): Promise<Tree> {
  const entries = Object.entries(await readTree(dataDir));
  return Object.fromEntries(entries.filter(([name]) => !name.startsWith(".stowage/")));
}
