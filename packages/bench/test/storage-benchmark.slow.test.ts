import { mkdir, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { makeDataset } from "../src/datasets/dataset.ts";
import type { Comparison } from "../src/storage/compare-jobs.ts";
import { AFAR } from "../src/storage/job.ts";
import { type ObjectDigest, receivedDifference } from "../src/storage/received-object.ts";
import type { StorageFigures } from "../src/storage/storage-benchmark.ts";
import { exitCodeOf, startBenchmark } from "./start-benchmark.ts";

/** As built, because it starts processes. */
const { compareJobs } = (await import(
  new URL("../dist/storage/compare-jobs.js", import.meta.url).href
)) as typeof import("../src/storage/compare-jobs.ts");

const { signal } = new AbortController();

it("a quick run of creates is right, tells of memory, writes its figures and leaves nothing behind", async () => {
  const [json, work] = [join(await temporaryDirectory(), "figures.json"), await temporaryDirectory()];
  const run = ["storage", "--quick", "--part", "create", "--rounds", "1", "--json", json, "--directory", work];
  const { child, directory } = await startBenchmark(...run);
  const [code, output, log] = await Promise.all([exitCodeOf(child), text(child.stdout), text(child.stderr)]);

  expect(code, log).toBe(0);
  expect(output).toMatch(/\| what .*\| peak RSS MB \|/);
  const figures = JSON.parse(await readFile(json, "utf8")) as StorageFigures;
  expect(figures).toMatchObject({ benchmark: "storage", parts: ["create"], rounds: 1, problems: [] });
  const rounds = figures.results.flatMap(({ jobs }) => jobs.flatMap((job) => job.rounds));
  expect(rounds).toHaveLength(2 * 2);
  for (const { wallMs, requests, peakRss } of rounds)
    expect(Math.min(wallMs, requests, peakRss / 30e6)).toBeGreaterThan(1);
  expect(figures.goals).toHaveLength(2 * 2);
  expect([...(await readdir(directory)), ...(await readdir(work))]).toEqual([]);
});

/** Stowage's create of ten files to the server, and what is wanted of it. */
async function createOfTenFiles() {
  const work = await temporaryDirectory();
  const received = join(work, "received");
  await mkdir(received);
  const sizes = { scale: 1, files: 10, size: 1, seed: 1 };
  const { directory: source } = await makeDataset("d2", { directory: join(work, "data"), sizes, signal });
  const control = { work, signal, progress: () => {} };
  const comparison = {
    ...{ title: "test", contenders: [{ title: "Stowage", job: "create-s3" }], source },
    server: { ...AFAR, listed: 0, received },
  };
  return {
    run: (rounds: number, { size, sha256 }: ObjectDigest) => {
      const check: Comparison["check"] = (_, { endpoint }) => receivedDifference(endpoint, { size, sha256 });
      return compareJobs({ ...comparison, amounts: [size], check }, { ...control, rounds });
    },
  };
}

it("an object that is not the one that is wanted is a problem of its run, and the next run can be made", async () => {
  const { run } = await createOfTenFiles();

  const short = await run(1, { size: 1, sha256: "" });
  const size = short.jobs[0]?.rounds[0]?.amount ?? 0;
  const other = await run(2, { size, sha256: "of something else" });

  expect(short.problems).toEqual([`test, Stowage: ${size} came of 1`]);
  expect(other.problems).toEqual(Array(2).fill(expect.stringContaining("test, Stowage: the server holds other bytes")));
  expect(other.jobs[0]?.rounds).toHaveLength(2);
});
