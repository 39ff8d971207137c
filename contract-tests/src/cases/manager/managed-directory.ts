import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { BackupManager, type BackupManagerOptions, type Filesystem } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import type { CaseContext } from "../../case/case-context.ts";

/** A data directory on this host's disk, and a manager that backs it up to the filesystem of a case. */
export interface ManagedDirectory {
  readonly manager: BackupManager;
  /** Replaces a file's content. */
  change(name: string, content: string): Promise<void>;
  /** Asserts that the directory holds what it held at first, but for the changes given. */
  assertContent(changes?: Readonly<Record<string, string>>): Promise<void>;
}

/** Runs `action` on a fresh data directory, which is removed in the end. */
export async function withManagedDirectory(
  context: CaseContext,
  options: Partial<BackupManagerOptions> & { filesystem?: Filesystem },
  action: (directory: ManagedDirectory) => Promise<void>,
): Promise<void> {
  context.usesLock ||= options.lock === "required";
  const root = await mkdtemp(join(tmpdir(), "stowage-contract-"));
  try {
    const dataDir = join(root, "data");
    const files = { "data.db": context.bytes(70_000), "logs/app.log": Buffer.from("line\n".repeat(5_000)) };
    for (const [name, content] of Object.entries(files)) await put(join(dataDir, name), content);
    // Cases run side by side on one bucket: the lock of the storage would let them wait for each other.
    const manager = new BackupManager({ dataDir, filesystem: context.filesystem, lock: "process", ...options });
    await action({
      manager,
      change: (name, content) => put(join(dataDir, name), Buffer.from(content)),
      assertContent: async (changes = {}) => {
        const expected = Object.entries({ ...files, ...changes });
        assertEqual(
          (await namesIn(dataDir)).sort(),
          expected.map(([name]) => name).sort(),
          "the files of the data directory",
        );
        for (const [name, content] of expected) {
          assert.ok(
            (await readFile(join(dataDir, name))).equals(Buffer.from(content)),
            `${name} of the data directory holds what it held`,
          );
        }
      },
    });
    await manager.close();
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function put(path: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

async function namesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  const names = files.map((entry) => relative(directory, join(entry.parentPath, entry.name)));
  return names.map((name) => name.split(sep).join("/"));
}
