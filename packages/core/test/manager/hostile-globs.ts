import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { bundle } from "@stowage/test-kit/program";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { expect } from "vitest";
import { buildZip } from "../archive/build-zip.ts";
import type { HostileOrder } from "./hostile-globs-child.ts";

const WATCHDOG_MS = 30_000;
export const DATA = {
  "data.db": "old",
  ["a".repeat(200)]: "old",
  [`${"a/".repeat(60)}c`]: "old",
  [`${"a".repeat(40)}c`]: "old",
};

/** Globs that no expression matches in time: the first three are of three kinds. */
export const HOSTILE = [
  "**/a/**/a/**/a/**/a/**/a/**/a/**/b",
  "*a*a*a*a*a*a*a*b",
  "(a+)+b",
  "(a|a?)+b",
  "+(a?|aa)b",
  "!(*a*a*a*a*a*a*a*b)",
  "[a]+".repeat(9).concat("b"),
  "?(a)".repeat(60).concat("b"),
  "{a,a}".repeat(60).concat("b"),
  "{a*,{a*,{a*,a*}}}".repeat(10).concat("b"),
];

/** An archive to restore that says so of itself, by a manager that excludes something. */
export interface Hostile {
  readonly globs: readonly string[];
  readonly skipped?: readonly string[];
  readonly exclude?: readonly string[];
}

/** A program that restores such archives in a process of its own. */
export class HostileGlobsProgram {
  readonly #directory: string;
  readonly #program: string;

  private constructor(directory: string, program: string) {
    this.#directory = directory;
    this.#program = program;
  }

  static async make(): Promise<HostileGlobsProgram> {
    const directory = await mkdtemp(join(tmpdir(), "stowage-core-"));
    const source = fileURLToPath(new URL("hostile-globs-child.ts", import.meta.url));
    return new HostileGlobsProgram(directory, await bundle(source, directory));
  }

  /** Restores each over {@link DATA} in a process that is killed if it hangs. */
  async restoreEach(each: readonly Hostile[]) {
    const orders = await Promise.all(each.map(orderOf));
    const child = spawn(process.execPath, [this.#program], { stdio: ["pipe", "pipe", "inherit"] });
    const watchdog = setTimeout(() => child.kill("SIGKILL"), WATCHDOG_MS);
    child.stdin.end(JSON.stringify(orders));
    const outcomes = (await text(child.stdout)).split("\n").slice(0, -1);
    clearTimeout(watchdog);
    expect(child.signalCode ?? "ended", `hangs at ${each[outcomes.length]?.globs[0]}`).toBe("ended");
    const trees = await Promise.all(orders.map(({ dataDir }) => readTree(dataDir)));
    return each.map(({ globs }, index) => ({
      globs,
      outcome: JSON.parse(outcomes[index] ?? "null"),
      tree: trees[index],
    }));
  }

  remove(): Promise<void> {
    return rm(this.#directory, { recursive: true, force: true });
  }
}

/** Each is refused before anything is replaced. */
export async function expectRefused(program: HostileGlobsProgram, globs: readonly string[]): Promise<void> {
  const restored = await program.restoreEach(globs.map((glob) => ({ globs: [glob] })));

  expect(restored).toHaveLength(globs.length);
  for (const { outcome, tree, globs } of restored) {
    expect(outcome, globs[0]).toMatchObject({ code: "INVALID_ARCHIVE", reason: "left-out-record" });
    expect(tree, globs[0]).toEqual(DATA);
  }
}

export function archiveWith(globs: readonly string[], names: readonly string[] = []): Buffer {
  const skipped = names.map((name) => ({ name, reason: "fifo" }));
  const record = JSON.stringify({ version: 1, exclude: globs, skipped });
  return buildZip([
    { name: "data.db", content: "new" },
    { name: ".stowage/left-out.json", content: record },
  ]);
}

async function orderOf({ globs, skipped = [], exclude = [] }: Hostile): Promise<HostileOrder> {
  const dataDir = join(await temporaryDirectory(), "data");
  await writeTree(dataDir, DATA);
  return { dataDir, archive: archiveWith(globs, skipped).toString("base64"), exclude };
}
