import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, test } from "vitest";
import { bundleApplication, installBinding } from "./bundle-application.ts";
import type { BusyOrder, BusyReport } from "./busy-application.ts";
import { BETTER_SQLITE, type NodeProgram, nodesThere } from "./node-programs.ts";

const SIZE = 100_000_000;
/** 200 take some four minutes: `STOWAGE_BUSY_BACKUPS=200`. */
const BACKUPS = Number(process.env.STOWAGE_BUSY_BACKUPS ?? 20);
const able = nodesThere().filter(({ canCopy }) => canCopy);
if (able.length === 0) test.skip("a database that four processes write is backed up: no SQLite is here", () => {});

async function run(
  { path, binding }: NodeProgram,
  order: Pick<BusyOrder, "backups" | "holdsLock">,
): Promise<BusyReport> {
  const programs = await temporaryDirectory();
  const program = await bundleApplication("busy-application.ts", programs);
  await installBinding(programs, BETTER_SQLITE);
  const directory = await temporaryDirectory();
  await mkdir(join(directory, "data"));
  const args = ["--no-warnings", program, "application", JSON.stringify({ ...order, size: SIZE, binding, directory })];
  const { stdout } = await promisify(execFile)(path, args, { maxBuffer: 1024 ** 3 });
  return JSON.parse(stdout) as BusyReport;
}

test.each(able.slice(-1))(
  `on $name, ${BACKUPS} backups of a database that four processes write are each of one moment`,
  async (node) => {
    const { problems, created, written, waits } = await run(node, { backups: BACKUPS, holdsLock: false });
    console.log(`${written} transactions waited p50 ${waits.p50} ms, p99 ${waits.p99} ms, at most ${waits.max} ms`);

    expect(problems).toEqual([]);
    expect(created).toBe(BACKUPS);
    expect(written).toBeGreaterThan(0);
  },
  3_600_000,
);

test.each(able)(
  "on $name, writers need not wait for a backup, as they do for one that holds the write lock",
  async (node) => {
    const free = await run(node, { backups: 5, holdsLock: false });
    const held = await run(node, { backups: 5, holdsLock: true });
    for (const [how, { written, waits }] of [
      ["free", free],
      ["held", held],
    ] as const) {
      console.log(`${how}: ${written} transactions, p50 ${waits.p50} ms, p99 ${waits.p99} ms, max ${waits.max} ms`);
    }

    expect([...free.problems, ...held.problems]).toEqual([]);
    expect(free.created + held.created).toBe(10);
  },
);
