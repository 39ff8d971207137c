import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { afterAll, describe, expect, it } from "vitest";
import { ArchiveCheck } from "../src/archive/archive-check.ts";
import { treeDifference } from "../src/archive/check-tree.ts";
import { openClient } from "../src/archive/clients/open-client.ts";
import { CONTENDERS, type Contender } from "../src/archive/contenders.ts";
import { makeDataset } from "../src/datasets/dataset.ts";
import type { Manifest } from "../src/datasets/manifest.ts";
import { runProgram } from "../src/run-program.ts";

const { signal } = new AbortController();
const NO_TOOLS = { found: new Map(), missing: new Map() };

const made = await makeSmallDataset();
afterAll(() => rm(made.home, { recursive: true }));

/** Made once, since making it takes longer than to archive it. */
async function makeSmallDataset() {
  const home = await mkdtemp(join(tmpdir(), "stowage-bench-test-"));
  const sizes = { scale: 0.002, files: 10, size: 1, seed: 1 };
  return { home, dataset: await makeDataset("d1", { directory: join(home, "data"), sizes, signal }) };
}

/** A copy of the dataset, and a place for an archive and a tree. */
async function makeJob() {
  const home = await temporaryDirectory();
  const [source, archives, target] = [join(home, "data"), join(home, "archives"), join(home, "tree")];
  await cp(made.dataset.directory, source, { recursive: true });
  for (const directory of [archives, target]) await mkdir(directory);
  return { dataset: made.dataset, job: { source, archive: join(archives, "backup.zip"), target } };
}

function clientsOf(operation: Contender["operation"]): string[] {
  const runs = CONTENDERS.filter((contender) => contender.operation === operation).map(({ run }) => run);
  return [...new Set(runs.flatMap((run) => ("client" in run ? [run.client] : [])))];
}

it.each([...clientsOf("create"), "stowage-watched-create"])(
  "what %s makes is right by yauzl and its CRCs",
  async (client) => {
    const { dataset, job } = await makeJob();

    const { wallMs, cpuMs } = await (await openClient(client))(job);

    expect(await new ArchiveCheck(dataset.manifest, NO_TOOLS).differenceOf(job.archive, signal)).toBeUndefined();
    expect(Math.min(wallMs, cpuMs)).toBeGreaterThan(0);
  },
);

it.each([...clientsOf("restore"), "stowage-extract"])("what %s extracts is the dataset", async (client) => {
  const { dataset, job } = await makeJob();
  await (await openClient("yazl"))(job);

  const { wallMs } = await (await openClient(client))(job);

  expect(await treeDifference(job.target, dataset.manifest, { keepsModes: true, signal })).toBeUndefined();
  expect(wallMs).toBeGreaterThan(0);
});

it("a backup that is watched tells how its process fared", async () => {
  const { job } = await makeJob();

  const { responsiveness } = await (await openClient("stowage-watched-create"))(job);

  const delays = { p50: expect.any(Number), p99: expect.any(Number), max: expect.any(Number) };
  expect(responsiveness).toEqual({ eventLoop: delays, stat: delays });
  expect(responsiveness?.stat.max).toBeGreaterThan(0);
});

describe("a check", () => {
  it("finds a byte that was changed in an archive, and accepts the whole one before and after", async () => {
    const { dataset, job } = await makeJob();
    await (await openClient("yazl"))(job);
    const check = new ArchiveCheck(dataset.manifest, NO_TOOLS);
    const damaged = `${job.archive}.damaged`;
    const bytes = await readFile(job.archive);
    bytes.writeUInt8(bytes.readUInt8(5_000) ^ 1, 5_000);
    await writeFile(damaged, bytes);

    expect(await check.differenceOf(job.archive, signal)).toBeUndefined();
    expect(await check.differenceOf(damaged, signal)).toBeTypeOf("string");
    expect(await check.differenceOf(damaged, signal)).toBeTypeOf("string");
    expect(await check.differenceOf(job.archive, signal)).toBeUndefined();
  });

  it("finds what an archive lacks, and what is no archive", async () => {
    const { dataset, job } = await makeJob();
    await (await openClient("yazl"))(job);
    const [first, ...others] = dataset.manifest;
    const more = [...dataset.manifest, { name: "more.txt", size: 1, mode: 0o644, crc32: 1 }];
    const difference = (manifest: Manifest) => new ArchiveCheck(manifest, NO_TOOLS).differenceOf(job.archive, signal);

    expect(await difference(more)).toBe("more.txt is missing");
    expect(await difference(others)).toContain(`${first?.name} is not of the dataset`);
    await writeFile(job.archive, "no zip");
    expect(await difference(dataset.manifest)).toContain("yauzl says");
  });

  it("finds a file of a tree that is changed, gone, new, or not for its owner to run", async () => {
    const { dataset, job } = await makeJob();
    const difference = () => treeDifference(job.source, dataset.manifest, { keepsModes: true, signal });
    const path = join(job.source, "data.db");
    const content = await readFile(path);

    content.writeUInt8(content.readUInt8(999) ^ 1, 999);
    await writeFile(path, content);
    expect(await difference()).toContain("data.db is different");
    await rm(path);
    expect(await difference()).toBe("data.db is missing");
    const others = { directory: job.source, manifest: dataset.manifest.filter(({ name }) => name !== "data.db") };
    await copyFile(join(job.source, "logs/requests-1.log"), join(job.source, "new.sh"));
    expect(await treeDifference(others.directory, others.manifest, { keepsModes: true, signal })).toContain("new.sh");
  });
});

it("a program that fails is told with what it said, and one that is aborted ends", async () => {
  const node = (script: string) => ({ program: process.execPath, args: ["-e", script] });
  const waiting = new AbortController();
  const run = runProgram(node("setInterval(() => {}, 1000)"), waiting.signal);

  await expect(runProgram(node("console.error('no room'); process.exit(3)"), signal)).rejects.toThrow(
    /ended with 3: no room/,
  );
  waiting.abort(new Error("enough"));
  await expect(run).rejects.toThrow();
  const { wallMs, peakRss } = await runProgram(node("Buffer.alloc(50e6, 1)"), signal);
  expect(wallMs).toBeGreaterThan(0);
  if (process.platform === "linux") expect(peakRss).toBeGreaterThan(20e6);
});
