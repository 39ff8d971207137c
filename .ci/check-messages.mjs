// Runs quick tests of core with a record of every StowageError that is made, and looks whether docs/messages.md has each of them.
// UPDATE_DOCS=1 writes that page anew. What a test makes only now and then stays on it while the sources say it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isOwn, normalised } from "./messages/normalised.mjs";
import { keyOf, messagesPage, rowsOf } from "./messages/page.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PAGE = join(ROOT, "docs", "messages.md");
/** Tests that make the same errors whatever the timing. */
const TESTS = [
  "archive",
  "copy",
  "driver-kit",
  "errors.test.ts",
  "filesystem",
  "history",
  "manager",
  "retention",
  "schedule",
  "unattended",
];
/** Those that damage at random, or let processes race. */
const LEFT_OUT = ["**/mutation-fuzz.test.ts", "**/create-beside-restore.test.ts", "**/worker-*.test.ts"];

const record = process.argv[2] ?? recordTests();
const sources = sourceTexts();
const rows = rowsIn(record);
if (!process.argv[2]) rmSync(record, { recursive: true, force: true });
const before = rowsOf(readFileSync(PAGE, "utf8"));
if (process.env.UPDATE_DOCS) writeFileSync(PAGE, messagesPage(once([...rows, ...before.filter(isSaid)])));
const known = new Set(rowsOf(readFileSync(PAGE, "utf8")).map(keyOf));
const missing = rows.map(keyOf).filter((key) => !known.has(key));
for (const key of missing) console.error(`docs/messages.md lacks: ${key}`);
console.log(`${rows.length} messages, ${missing.length} of them not in docs/messages.md`);
if (missing.length > 0 || rows.length === 0) process.exitCode = 1;

/** Whether the sources have a message of the page that this run did not make. One that has grown is not as it was. */
function isSaid({ code, message }) {
  const hasGrown = rows.some((row) => row.code === code && row.message !== message && row.message.startsWith(message));
  return !hasGrown && isOwn(message, sources);
}

function once(all) {
  return [...new Map(all.map((row) => [keyOf(row), row])).values()];
}

function recordTests() {
  const directory = mkdtempSync(join(tmpdir(), "stowage-messages-"));
  const tests = TESTS.map((name) => `packages/core/test/${name}`);
  const leftOut = LEFT_OUT.flatMap((pattern) => ["--exclude", pattern]);
  const { status, stdout } = spawnSync("node", ["node_modules/vitest/vitest.mjs", "run", ...tests, ...leftOut], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, STOWAGE_MESSAGES: directory },
  });
  // Whether they pass is for `npm test` to say. One that fails has told its messages all the same.
  if (status !== 0)
    console.log(
      `some tests failed: ${stdout
        .split("\n")
        .filter((line) => line.includes("FAIL"))
        .join("\n")}`,
    );
  return directory;
}

/** What the packages say, without their comments. */
function sourceTexts() {
  const folders = readdirSync(join(ROOT, "packages")).filter((name) => name !== "bench" && name !== "test-kit");
  const files = folders.flatMap((name) => {
    const sources = join(ROOT, "packages", name, "src");
    return readdirSync(sources, { recursive: true }).map((file) => join(sources, file));
  });
  const texts = files.filter((file) => file.endsWith(".ts")).map((file) => readFileSync(file, "utf8"));
  return texts
    .join("\n")
    .replace(/\/\*\*[\s\S]*?\*\/|^ *\/\/.*$/gm, "")
    .replaceAll("\\`", "`");
}

function rowsIn(directory) {
  const lines = readdirSync(directory).flatMap((name) =>
    readFileSync(join(directory, name), "utf8").trim().split("\n"),
  );
  const rows = lines.filter(Boolean).map((line) => {
    const { code, reason, message } = JSON.parse(line);
    return { code, reason, message: normalised(message, sources) };
  });
  const own = rows.filter(({ message }) => isOwn(message, sources));
  return once(own);
}
