import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { MemoryDriver } from "@stowage/memory";
import { bundle } from "@stowage/test-kit/program";
import { SeededRandom } from "@stowage/test-kit/random";
import { type Tree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { expect } from "vitest";
import { BackupManager, Filesystem, needsRecovery, StowageError } from "../../src/index.ts";
import { bundleWorker } from "../archive/bundle-worker.ts";
import { lookAt } from "../special-tree.ts";
import { faultyThreadsDisk } from "./faulty-threads-disk.ts";
import { restoreInThreads } from "./restore-in-threads.ts";
import { FaultCounter, type ThreadFaults } from "./thread-faults.ts";

const random = new SeededRandom(11);
const MIB = 2 ** 20;

/** Small files in several directories, and one that is cut into pieces. */
const ARCHIVED: Tree = {
  "data.db": String(random.text(3 * MIB)),
  ...Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`d${index % 3}/${index}.txt`, `new ${index}`])),
};
const OLD: Tree = { "data.db": "the old one", "d0/0.txt": "old 0" };

interface Programs {
  readonly extraction: URL;
  readonly compression: URL;
  readonly child: string;
}

type Plan = Omit<ThreadFaults, "calls">;

const SOUND: Plan = { at: 0, what: { code: "EIO" } };

/** Restores and creates through real threads, with something going wrong at one call of theirs or of the main thread after the other. */
export class ThreadSweep {
  readonly #programs: Programs;
  readonly #source: string;
  readonly #archive: string;

  private constructor(programs: Programs, source: string, archive: string) {
    this.#programs = programs;
    this.#source = source;
    this.#archive = archive;
  }

  /** `directories` makes directories that stay until all tests of a file are over. */
  static async prepare(directories: () => Promise<string>): Promise<ThreadSweep> {
    const directory = await directories();
    const source = join(directory, "source");
    await writeTree(source, ARCHIVED);
    const filesystem = new Filesystem(new MemoryDriver());
    await new BackupManager({ dataDir: source, filesystem }).create({ name: "a.zip" });
    await writeFile(join(directory, "a.zip"), await bytesAt(filesystem, "a.zip"));
    const programs = {
      extraction: await bundleWorker("faulty-extraction-worker", await directories()),
      compression: await bundleWorker("faulty-compression-worker", await directories()),
      child: await bundle(fileURLToPath(new URL("./kill-thread-child.ts", import.meta.url)), await directories()),
    };
    return new ThreadSweep(programs, source, join(directory, "a.zip"));
  }

  /** Fails each `stride`th call, once or from then on: the old data, or the new and no error. */
  async failRestores(code: string, { onwards, stride }: { onwards: boolean; stride: number }) {
    const outcomes = { calls: await this.#restoreCalls(), old: 0, new: 0 };
    for (let at = 1; at <= outcomes.calls; at += stride) {
      const { error, dataDir } = await this.#restored({ at, onwards, what: { code } });
      const where = `call ${at}: ${String(error)}`;
      if (error === undefined) expect(await contentOf(dataDir), where).toEqual(ARCHIVED);
      else expect(error, where).toBeInstanceOf(StowageError);
      if (error !== undefined && !onwards) expect(await contentOf(dataDir), where).toEqual(OLD);
      if (error !== undefined && onwards) await recovered(dataDir, where);
      outcomes[error === undefined ? "new" : "old"] += 1;
    }
    return outcomes;
  }

  /** Ends the process at each `stride`th call: after recovery the old data or the new, and nothing else. */
  async killRestores({ stride }: { stride: number }) {
    const outcomes = { calls: await this.#restoreCalls(), old: 0, new: 0 };
    for (let at = 1; at <= outcomes.calls; at += stride) {
      const dataDir = await oldData();
      const faults = { at, what: "SIGKILL" } satisfies Plan;
      const order = { dataDir, archive: this.#archive, program: this.#programs.extraction.href, faults };
      const child = promisify(execFile)(process.execPath, [
        "--no-warnings",
        this.#programs.child,
        JSON.stringify(order),
      ]);
      await expect(child, `call ${at}`).rejects.toMatchObject({ signal: "SIGKILL" });
      outcomes[await recovered(dataDir, `killed at call ${at}`)] += 1;
    }
    return outcomes;
  }

  /** Fails each `stride`th call: the same archive as without, or an error and nothing. */
  async failCreates(code: string, { stride }: { stride: number }) {
    const sound = await this.#created(SOUND);
    const outcomes = { calls: sound.calls, whole: 0, nothing: 0 };
    for (let at = 1; at <= sound.calls; at += stride) {
      const { error, stored } = await this.#created({ at, what: { code } });
      if (error === undefined) expect(stored?.equals(sound.stored ?? Buffer.alloc(0)), `call ${at}`).toBe(true);
      else expect([error, stored], `call ${at}`).toEqual([expect.any(StowageError), undefined]);
      outcomes[error === undefined ? "whole" : "nothing"] += 1;
    }
    return outcomes;
  }

  async #restoreCalls(): Promise<number> {
    const { error, calls } = await this.#restored(SOUND);
    expect(error).toBeUndefined();
    return calls;
  }

  async #restored(plan: Plan) {
    const dataDir = await oldData();
    const faults = { ...plan, calls: new SharedArrayBuffer(4) };
    const { extraction } = this.#programs;
    const error = await failureOf(restoreInThreads({ dataDir, archive: this.#archive, program: extraction, faults }));
    return { error, dataDir, calls: new FaultCounter(faults).count };
  }

  async #created(plan: Plan) {
    const faults = { ...plan, calls: new SharedArrayBuffer(4) };
    const filesystem = new Filesystem(new MemoryDriver());
    const disk = faultyThreadsDisk(this.#programs.compression, faults);
    const manager = new BackupManager({ dataDir: this.#source, filesystem, disk, workers: 2, lock: "process" });
    const error = await failureOf(manager.create({ name: "a.zip" }));
    await manager.close();
    const stored = (await filesystem.exists("a.zip")) ? await bytesAt(filesystem, "a.zip") : undefined;
    return { error, stored, calls: new FaultCounter(faults).count };
  }
}

async function oldData(): Promise<string> {
  const dataDir = join(await temporaryDirectory(), "data");
  await writeTree(dataDir, OLD);
  return dataDir;
}

async function recovered(dataDir: string, where: string): Promise<"old" | "new"> {
  await new BackupManager({ dataDir, filesystem: new Filesystem(new MemoryDriver()) }).recover();
  const content = await contentOf(dataDir);
  expect([OLD, ARCHIVED], where).toContainEqual(content);
  expect(await needsRecovery(dataDir), where).toBe(false);
  return content["data.db"] === OLD["data.db"] ? "old" : "new";
}

/** Without what a restore keeps for itself. */
async function contentOf(dataDir: string): Promise<Tree> {
  const found = await lookAt(dataDir);
  return Object.fromEntries(Object.entries(found).filter(([name]) => !name.startsWith(".stowage")));
}

async function bytesAt(filesystem: Filesystem, key: string): Promise<Buffer> {
  const { content } = await filesystem.read(key);
  return Buffer.concat(await content.toArray());
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
