import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { lstat, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CaseContext } from "./case-context.ts";
import { textBytes } from "./content.ts";

/**
 * Runs `action` while an object lies beside a sub-folder with a file in it and, where links can be made, a link to that file, under keys
 * that it is given, and asserts that folder and link stay. Only where objects are files that are called as their keys: elsewhere nobody knows what a folder would mean.
 */
export async function besideSubFolder(
  context: CaseContext,
  action: (others: readonly string[], object: string) => Promise<void>,
): Promise<void> {
  const { directory = "" } = context.filesystem;
  const [folder, object] = [context.key("folder"), context.key("object")];
  await context.filesystem.write(object, textBytes("an object"));
  if (!existsSync(join(directory, object))) return;
  const path = join(directory, folder);
  const link = context.key("link");
  await mkdir(path);
  try {
    await writeFile(join(path, "inside"), "not of this library");
    const others = [folder, ...((await isLinked(join(path, "inside"), join(directory, link))) ? [link] : [])];
    await action(others, object);
    assert.ok(existsSync(join(path, "inside")), "the folder and what lies in it stay");
    for (const other of others) assert.ok(existsSync(join(directory, other)), `${other} stays, which is no object`);
  } finally {
    await rm(join(directory, link), { force: true });
    await rm(path, { recursive: true, force: true });
  }
}

/** Not everybody may make links on every system. */
function isLinked(target: string, path: string): Promise<boolean> {
  return symlink(target, path)
    .then(() => lstat(path)) // which Wine may not find
    .then(
      () => true,
      () => false,
    );
}
