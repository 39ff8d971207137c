import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import type { ArchiveFigures } from "../src/archive/archive-figures.ts";
import { exitCodeOf, progressUpTo, startBenchmark } from "./start-benchmark.ts";

it("a tiny run is right for everybody who is there, writes its figures and leaves nothing behind", async () => {
  const results = await temporaryDirectory();
  const [json, svg, work] = [join(results, "figures.json"), join(results, "chart.svg"), await temporaryDirectory()];
  const sizes = ["--dataset", "d2", "--files", "50", "--rounds", "1"];
  const { child, directory } = await startBenchmark(
    "--quick",
    ...sizes,
    "--json",
    json,
    "--svg",
    svg,
    "--directory",
    work,
  );
  const [code, output, log] = await Promise.all([exitCodeOf(child), text(child.stdout), text(child.stderr)]);

  expect(code, log).toBe(0);
  expect(output).toMatch(/\| Stowage, own archive +\|/);
  expect(output).toMatch(/\| goal +\| measured \|/);
  expect(await readFile(svg, "utf8")).toMatch(/^<svg /);
  const figures = JSON.parse(await readFile(json, "utf8")) as ArchiveFigures;
  expect(figures).toMatchObject({ benchmark: "archive", quick: true, rounds: 1, files: 50, problems: [] });
  expect(Object.keys({ ...figures.tools, ...figures.missing })).toEqual(
    expect.arrayContaining(["go", "zip", "python3"]),
  );
  const rounds = figures.results.flatMap((each) => each.results.map((result) => result.rounds));
  expect(rounds.length).toBeGreaterThanOrEqual(6); // Stowage and the libraries
  for (const round of rounds) expect(round).toEqual([expect.not.objectContaining({ difference: expect.anything() })]);
  expect([...(await readdir(directory)), ...(await readdir(work))]).toEqual([]);
});

const hasZip = spawnSync("zip", ["-v"]).error === undefined;

it.each([
  ["SIGINT", "yazl-1", "yazl", true],
  ["SIGTERM", "zip", "Info-ZIP", hasZip],
] as const)("%s at the turn of %s leaves nothing behind", async (signal, peer, title, isThere) => {
  if (!isThere) return console.warn(`not tried: ${title} is not installed`);
  const work = await temporaryDirectory();
  const args = ["--dataset", "d3", "--size", "100MB", "--peer", peer, "--directory", work];
  const { child, directory } = await startBenchmark("archive", ...args);
  await progressUpTo(`warm-up: ${title}`, child);
  expect(await readdir(work)).not.toEqual([]);

  child.kill(signal);
  const [code, log] = await Promise.all([exitCodeOf(child), text(child.stderr)]);

  expect(code, log).toBe(1);
  expect(log).toContain(`stopped by ${signal}`);
  expect([...(await readdir(directory)), ...(await readdir(work))]).toEqual([]);
});

it("help tells of every benchmark, and a name that is none is refused", async () => {
  const { child: help } = await startBenchmark("--help");
  const [helpCode, usage] = await Promise.all([exitCodeOf(help), text(help.stdout)]);
  const { child: wrong } = await startBenchmark("archives");
  const [wrongCode, complaint] = await Promise.all([exitCodeOf(wrong), text(wrong.stderr)]);

  expect(usage).toMatch(/bench \[archive\][\s\S]*bench growth[\s\S]*bench storage[\s\S]*bench transfer/);
  expect(complaint).toContain("no benchmark called archives");
  expect([helpCode, wrongCode]).toEqual([0, 2]);
});
