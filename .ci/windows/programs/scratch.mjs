import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative, sep } from "node:path";

/** Runs `action` in a directory that is removed if it ends well. */
export async function inScratch(action) {
  const directory = mkdtempSync(join(tmpdir(), "stowage-windows-"));
  await action(directory); // if it fails something of it may be open
  rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
}

/** Writes files from a record of contents by "/"-separated names. */
export function writeTree(directory, files) {
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

/** The files below a directory as such a record of texts, without those of restores. */
export function treeOf(directory) {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const names = paths.map((path) => [relative(directory, path).split(sep).join("/"), path]);
  return Object.fromEntries(names.sort().map(([name, path]) => [name, readFileSync(path, "latin1")]));
}

/** Says which of several trees a directory holds, by their names; undefined for none of them. */
export function whichTree(directory, trees) {
  const found = JSON.stringify(treeOf(directory));
  return Object.keys(trees).find((name) => JSON.stringify(sorted(trees[name])) === found);
}

function sorted(files) {
  return Object.fromEntries(Object.entries(files).sort());
}
