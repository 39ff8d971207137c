import { join } from "node:path";
import { MemoryDriver } from "@stowage/memory";
import { type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { BackupManager, type BackupManagerOptions, Filesystem, type FilesystemDriver } from "../../src/index.ts";

export { keysOf } from "./keys-of.ts";

export const DATA: Tree = {
  "data.db": "a database",
  "logs/app.log": "line\n".repeat(20_000),
  "uploads/größe 😀.txt": "unicode",
  "empty/": "",
};

export interface Fixture {
  readonly dataDir: string;
  readonly manager: BackupManager;
  readonly filesystem: Filesystem;
}

/** A manager over a fresh data directory and a memory filesystem, whose driver can be wrapped. */
export async function makeManager(
  options: Partial<BackupManagerOptions> & { wrap?: (driver: FilesystemDriver) => FilesystemDriver; data?: Tree } = {},
): Promise<Fixture> {
  const { wrap = (driver) => driver, data = DATA, ...rest } = options;
  const dataDir = join(await temporaryDirectory(), "data");
  await writeTree(dataDir, data);
  const filesystem = new Filesystem(wrap(new MemoryDriver()));
  return { dataDir, filesystem, manager: new BackupManager({ dataDir, filesystem, ...rest }) };
}
