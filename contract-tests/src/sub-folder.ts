import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { CaseContext } from "./case-context.ts";
import { textBytes } from "./content.ts";

/**
 * Runs `action` while an object lies beside a sub-folder with a file in it, under keys that it is given, and asserts that the
 * folder stays. Only where objects are files that are called as their keys: elsewhere nobody knows what a folder would mean.
 */
export async function besideSubFolder(
  context: CaseContext,
  action: (folder: string, object: string) => Promise<void>,
): Promise<void> {
  const { directory = "" } = context.filesystem;
  const [folder, object] = [context.key("folder"), context.key("object")];
  await context.filesystem.write(object, textBytes("an object"));
  if (!existsSync(join(directory, object))) return;
  const path = join(directory, folder);
  await mkdir(path);
  try {
    await writeFile(join(path, "inside"), "not of this library");
    await action(folder, object);
    assert.ok(existsSync(join(path, "inside")), "the folder and what lies in it stay");
  } finally {
    await rm(path, { recursive: true, force: true });
  }
}
