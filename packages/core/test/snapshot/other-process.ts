import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { onTestFinished } from "vitest";
import type { NodeProgram } from "./node-programs.ts";

/** Opens a database, whichever binding there is; run by `node -e`, with the binding, the path, the SQL and a question behind it. */
const OPEN = `
  const [binding, path, sql, question] = process.argv.slice(1);
  const Database = binding === "node:sqlite" ? require("node:sqlite").DatabaseSync : require(binding);
  const database = new Database(path);
  database.exec(sql);
`;
const ASK = `${OPEN} console.log(JSON.stringify(question ? database.prepare(question).all() : [])); database.close();`;
const HOLD = `${OPEN} console.log("ready"); process.stdin.resume();`;

/** Runs SQL in another process, then asks one question, and returns the rows. */
export function sqlElsewhere(
  { path: node, binding }: NodeProgram,
  path: string,
  sql: string,
  question = "",
): unknown[] {
  const args = ["--no-warnings", "-e", ASK, "--", binding, path, sql, question];
  return JSON.parse(execFileSync(node, args, { encoding: "utf8" }));
}

/** Runs SQL in another process, which keeps the database open until the test has finished or it is told to end. */
export async function holdElsewhere(
  { path: node, binding }: NodeProgram,
  path: string,
  sql: string,
): Promise<() => Promise<void>> {
  const child = spawn(node, ["--no-warnings", "-e", HOLD, "--", binding, path, sql], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const exited = once(child, "exit");
  const end = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(end);
  await once(child.stdout, "data");
  return end;
}
