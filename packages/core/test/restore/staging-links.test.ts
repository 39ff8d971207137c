import { chmod, lstat, mkdir, readdir, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { bufferReader } from "../../src/archive/archive-reader.ts";
import { extractEntries } from "../../src/archive/extract/extract-entries.ts";
import { startExtractionThreads } from "../../src/archive/extract/worker-extractor.ts";
import type { PathOptions } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager } from "../../src/index.ts";
import { judged, noSignal } from "../archive/archives.ts";
import { buildZip } from "../archive/build-zip.ts";
import { bundleWorker } from "../archive/bundle-worker.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { threadedDisk } from "../disk/threaded-disk.ts";
import { makeManager } from "../manager/manager-fixture.ts";
import { lookAt } from "../special-tree.ts";

const LARGE = "0123456789".repeat(300_000);

describe("a directory in staging that somebody replaces by a link", () => {
  it.each([
    ["a file is created in it", /^createFile .*\/new\/d\/small$/],
    ["a large file is created in it", /^createFile .*\/new\/d\/large$/],
    ["a directory is made in it", /^makeDirectory .*\/new\/d\/deep$/],
    ["it gets its mode", /^setMode .*\/new\/d$/],
    ["it gets its time", /^setModifiedAt .*\/new\/d$/],
  ])("leads nowhere when %s", async (_when, at) => {
    const deeper = String(at).includes("deep") ? "d/deep/x" : "d/x";
    const { dataDir, filesystem, manager } = await makeManager({
      data: { "d/small": "s", "d/large": LARGE, [deeper]: "x" },
    });
    await manager.create({ name: "a.zip" });
    const elsewhere = await temporaryDirectory();
    await chmod(elsewhere, 0o711);
    const before = await lstat(elsewhere);
    const { disk } = faultyDisk(nodeDisk, {
      before: async (call) => {
        const directory = at.test(call) ? /\/\S*\/new\/d(?=\/|$)/.exec(call)?.[0] : undefined;
        if (directory === undefined) return;
        await rename(directory, `${directory}.aside`);
        await symlink(elsewhere, directory);
      },
    });
    const changed = await lookAt(dataDir);

    const restoring = new BackupManager({ dataDir, filesystem, disk }).restore("a.zip");

    await expect(restoring).rejects.toMatchObject({
      code: "PERMISSION_DENIED",
      message: expect.stringContaining("replaced by a link"),
    });
    expect(await readdir(elsewhere)).toEqual([]);
    expect(await lstat(elsewhere)).toMatchObject({ mode: before.mode, mtimeMs: before.mtimeMs });
    expect(await lookAt(dataDir)).toEqual(changed);
  });

  it("leads nowhere when it is the whole of staging, as soon as it is made", async () => {
    const { dataDir, filesystem, manager } = await makeManager({ data: { "d/small": "s" } });
    await manager.create({ name: "a.zip" });
    const elsewhere = await temporaryDirectory();
    const disk = {
      ...nodeDisk,
      makeDirectory: async (path: string, options?: PathOptions) => {
        await nodeDisk.makeDirectory(path, options);
        if (!path.endsWith("/new")) return;
        await rename(path, `${path}.aside`);
        await symlink(elsewhere, path);
      },
    };

    const restoring = new BackupManager({ dataDir, filesystem, disk }).restore("a.zip");

    await expect(restoring).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
    expect(await readdir(elsewhere)).toEqual([]);
    expect(await lookAt(dataDir)).toEqual({ "d/small": "s" });
  });

  it.each([0, 2])("leads nowhere in %i threads, however often it happens", { timeout: 120_000 }, async (workers) => {
    const random = new SeededRandom(20_263);
    const files = Array.from({ length: 600 }, (_, index) => ({ name: `d/${index}`, content: random.bytes(1_500) }));
    const bytes = buildZip(files);
    const { entries } = await judged(bytes);
    const [folder, elsewhere] = [await temporaryDirectory(), await temporaryDirectory()];
    const workerUrl = await bundleWorker("extraction-worker", await temporaryDirectory());
    const swapper = new Swapper(folder, elsewhere);
    let refused = 0;

    for (let round = 0; round < 25; round++) {
      const directory = join(folder, `${round}/new`);
      await mkdir(directory, { recursive: true });
      const threads = startExtractionThreads(bytes.length, { workers, disk: threadedDisk(workerUrl) });
      const options = { directory, disk: nodeDisk, signal: noSignal, durable: false, threads };
      await extractEntries(bufferReader(bytes), entries, options).catch(() => refused++);
      await threads?.close();
    }

    const swaps = await swapper.stop();
    console.info(`${workers} threads, 25 extractions beside ${swaps} swaps for a link: ${refused} refused`);
    expect(await readdir(elsewhere)).toEqual([]);
    expect(swaps).toBeGreaterThan(0);
  });
});

/** Replaces the directory "d" in whatever is staged by a link, and back, as fast as it can. */
class Swapper {
  readonly #isOver = new Int32Array(new SharedArrayBuffer(4));
  readonly #swaps: Promise<number>;

  constructor(folder: string, elsewhere: string) {
    const worker = new Worker(`(${swapUntilOver})()`, {
      eval: true,
      workerData: { folder, elsewhere, isOver: this.#isOver },
    });
    this.#swaps = new Promise((resolve, reject) => worker.once("message", resolve).once("error", reject));
  }

  stop(): Promise<number> {
    Atomics.store(this.#isOver, 0, 1);
    return this.#swaps;
  }
}

/** Runs in a thread of its own, from its source. */
const swapUntilOver = `() => {
  const { readdirSync, renameSync, symlinkSync, unlinkSync } = require("node:fs");
  const { parentPort, workerData } = require("node:worker_threads");
  const { folder, elsewhere, isOver } = workerData;
  let swaps = 0;
  const trying = (action) => { try { action(); return true; } catch { return false; } };
  while (Atomics.load(isOver, 0) === 0) {
    let names = [];
    trying(() => { names = readdirSync(folder); });
    for (const name of names) {
      const path = folder + "/" + name + "/new/d";
      if (!trying(() => renameSync(path, path + ".aside"))) continue;
      if (trying(() => symlinkSync(elsewhere, path))) swaps += 1;
      trying(() => unlinkSync(path));
      trying(() => renameSync(path + ".aside", path));
    }
  }
  parentPort.postMessage(swaps);
}`;
