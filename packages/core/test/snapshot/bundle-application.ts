import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "@stowage/test-kit/program";
import { bundleWorker } from "../archive/bundle-worker.ts";

const HELPER = fileURLToPath(new URL("../../src/snapshot/sqlite-helper.ts", import.meta.url));

/** Bundles a program that uses the manager, with the programs of its threads and of its helper beside it, as an application has them. */
export async function bundleApplication(entry: string, directory: string): Promise<string> {
  const program = await bundle(fileURLToPath(new URL(entry, import.meta.url)), directory);
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  await bundleHelper(directory);
  for (const name of ["compression-worker", "extraction-worker"] as const) {
    const own = join(directory, name);
    await mkdir(own);
    await copyFile(fileURLToPath(await bundleWorker(name, own)), join(directory, `${name}.js`));
  }
  return program;
}

/** Puts better-sqlite3 where the programs of a directory find it, as in the application's own `node_modules`. */
export async function installBinding(directory: string, betterSqlite: string): Promise<void> {
  await mkdir(join(directory, "node_modules"));
  await symlink(betterSqlite, join(directory, "node_modules", "better-sqlite3"));
}

/** Makes the program of the helper from its source. */
export async function bundleHelper(directory: string): Promise<string> {
  const own = join(directory, "helper-program");
  await mkdir(own);
  await writeFile(join(directory, "package.json"), '{ "type": "module" }');
  const program = join(directory, "sqlite-helper.js");
  await copyFile(await bundle(HELPER, own), program);
  return program;
}
