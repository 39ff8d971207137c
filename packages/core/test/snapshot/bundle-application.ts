import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { bundle } from "@stowage/test-kit/program";
import { bundleWorker } from "../archive/bundle-worker.ts";

const HELPER = fileURLToPath(new URL("../../src/snapshot/sqlite-helper.ts", import.meta.url));

/** Bundles a program that uses the manager, with the programs of its threads and of its helper, as an application has them. */
export async function bundleApplication(entry: string, directory: string): Promise<string> {
  const programs: Record<string, string> = { helper: programThatImports(await bundleHelper(directory)) };
  for (const name of ["compression", "extraction"] as const) {
    const own = join(directory, name);
    await mkdir(own);
    programs[name] = programThatImports(fileURLToPath(await bundleWorker(`${name}-worker`, own)));
  }
  const built = join(directory, "built-programs.js");
  await writeFile(built, `export const programs = ${JSON.stringify(programs)};\n`);
  return bundle(fileURLToPath(new URL(entry, import.meta.url)), directory, { "#programs": built });
}

/** Puts better-sqlite3 where the programs of a directory find it, as in the application's own `node_modules`. */
export async function installBinding(directory: string, betterSqlite: string): Promise<void> {
  await mkdir(join(directory, "node_modules"));
  await symlink(betterSqlite, join(directory, "node_modules", "better-sqlite3"));
}

/** The text of a program that runs the one of a file. */
export function programThatImports(path: string): string {
  return `import(${JSON.stringify(pathToFileURL(path).href)})`;
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
