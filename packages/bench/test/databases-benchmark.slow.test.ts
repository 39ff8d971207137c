import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import type { DatabasesFigures } from "../src/databases/databases-benchmark.ts";
import { findSqliteNode } from "../src/databases/sqlite-node.ts";
import { exitCodeOf, startBenchmark } from "./start-benchmark.ts";

const { signal } = new AbortController();

it("a quick run is right, tells of memory and the ratio, and leaves nothing behind", async ({ skip }) => {
  if ((await findSqliteNode(signal)) === undefined) skip("no Node with SQLite is here");
  const [json, work] = [join(await temporaryDirectory(), "figures.json"), await temporaryDirectory()];
  const run = ["databases", "--quick", "--size", "4MB", "--json", json, "--directory", work];
  const { child, directory } = await startBenchmark(...run);
  const [code, output, log] = await Promise.all([exitCodeOf(child), text(child.stdout), text(child.stderr)]);

  expect(code, log + output).toBe(0);
  expect(output).toMatch(/÷ without \|/);
  const figures = JSON.parse(await readFile(json, "utf8")) as DatabasesFigures;
  expect(figures).toMatchObject({ benchmark: "databases", size: 4e6, problems: [] });
  const rounds = figures.jobs.flatMap((job) => job.rounds);
  expect(rounds).toHaveLength(2 * 2);
  for (const { wallMs, size, peakRss } of rounds) {
    expect(Math.min(wallMs, size / 1e6, peakRss / 30e6)).toBeGreaterThan(1);
  }
  expect([...(await readdir(directory)), ...(await readdir(work))]).toEqual([]);
});
