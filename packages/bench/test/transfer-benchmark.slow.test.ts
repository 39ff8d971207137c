import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { CONTENDERS } from "../src/transfer/contenders.ts";
import type { TransferFigures } from "../src/transfer/transfer-benchmark.ts";
import { exitCodeOf, progressUpTo, startBenchmark } from "./start-benchmark.ts";

it("a run of 1 MB brings every byte back, writes its figures and leaves nothing behind", async () => {
  const json = join(await temporaryDirectory(), "figures.json");
  const { child, directory } = await startBenchmark("transfer", "--size", "1MB", "--rounds", "1", "--json", json);
  const [code, output, log] = await Promise.all([exitCodeOf(child), text(child.stdout), text(child.stderr)]);

  expect(code, log).toBe(0);
  expect(output).toMatch(/\| goal +\| measured \|/);
  const figures = JSON.parse(await readFile(json, "utf8")) as TransferFigures;
  expect(figures).toMatchObject({ size: 1e6, rounds: 1, seed: 1, servers: ["double", "sink"], problems: [] });
  expect(figures.results).toHaveLength(2 * CONTENDERS.length);
  for (const { rounds } of figures.results) {
    const measured = { wallMs: expect.any(Number), cpuMs: expect.any(Number), peakRss: expect.any(Number) };
    expect(rounds).toEqual([{ ...measured, isEqual: true }]);
  }
  expect(figures.summaries).toHaveLength(figures.results.length);
  expect(figures.goals).toHaveLength(10);
  expect(figures.goals[0]).toEqual({
    title: expect.any(String),
    measured: expect.any(Number),
    wanted: expect.any(Number),
    holds: expect.any(Boolean),
  });
  expect(await readdir(directory)).toEqual([]);
});

it.each(["SIGINT", "SIGTERM"] as const)("%s in the middle of a transfer leaves nothing behind", async (signal) => {
  const { child, directory } = await startBenchmark("transfer", "--size", "1GB", "--server", "double");
  await progressUpTo("round 1", child); // the server runs, and the first client starts
  expect(await readdir(directory)).not.toEqual([]);

  child.kill(signal);
  const [code, log] = await Promise.all([exitCodeOf(child), text(child.stderr)]);

  expect(code).toBe(1);
  expect(log).toContain(`stopped by ${signal}`);
  expect(await readdir(directory)).toEqual([]);
});

it("a wrong command line is explained", async () => {
  const { child } = await startBenchmark("transfer", "--size", "huge");
  const [code, log] = await Promise.all([exitCodeOf(child), text(child.stderr)]);

  expect(code).toBe(2);
  expect(log).toMatch(/"huge" is not a size[\s\S]*pnpm bench transfer/);
});
