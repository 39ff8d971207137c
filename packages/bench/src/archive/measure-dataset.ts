import { rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Dataset, DatasetName } from "../datasets/dataset.ts";
import type { Cost } from "../run-program.ts";
import { rotated } from "../statistics.ts";
import type { Tools } from "../tools.ts";
import type { ArchiveCheck } from "./archive-check.ts";
import { type BenchPlace, touchMemory } from "./bench-place.ts";
import { treeDifference } from "./check-tree.ts";
import { type Contender, type Operation, REFERENCE, STOWAGE } from "./contenders.ts";
import { runContender } from "./run-contender.ts";

export interface Round extends Cost {
  /** Bytes of the archive that was made or read. */
  readonly archiveSize: number;
  /** What is wrong with the archive or the tree. */
  readonly difference?: string;
}

export interface ArchiveResult {
  readonly dataset: DatasetName;
  readonly contender: string;
  readonly title: string;
  readonly operation: Operation;
  readonly rounds: readonly Round[];
}

export interface MeasureControl {
  readonly contenders: readonly Contender[];
  readonly rounds: number;
  readonly tools: Tools;
  readonly check: ArchiveCheck;
  readonly place: BenchPlace;
  readonly signal: AbortSignal;
  readonly progress: (text: string) => void;
  /** Hears of a program that fails in its warm-up, and takes no part. */
  readonly onDropped: (contender: Contender, reason: string) => void;
}

/** Archives that are kept for those who extract. */
interface Archives {
  own?: string;
  foreign?: string;
}

/** Has everybody archive a dataset, then extract it: one warm-up, then rounds in rotated order, all of it checked. */
export async function measureDataset(dataset: Dataset, control: MeasureControl): Promise<ArchiveResult[]> {
  const archives: Archives = {};
  const results: ArchiveResult[] = [];
  for (const operation of ["create", "restore"] as const) {
    const wanted = control.contenders.filter((contender) => contender.operation === operation);
    results.push(...(await new Measurement(dataset, control, archives).run(operation, wanted)));
  }
  for (const archive of Object.values(archives)) await rm(dirname(archive), { recursive: true, force: true });
  return results;
}

class Measurement {
  readonly #dataset: Dataset;
  readonly #control: MeasureControl;
  readonly #archives: Archives;

  constructor(dataset: Dataset, control: MeasureControl, archives: Archives) {
    this.#dataset = dataset;
    this.#control = control;
    this.#archives = archives;
  }

  async run(operation: Operation, wanted: readonly Contender[]): Promise<ArchiveResult[]> {
    const contenders = await this.#warmUp(wanted);
    const measured = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
    for (let round = 1; round <= this.#control.rounds; round++) {
      for (const contender of rotated(contenders, round)) {
        this.#control.progress(`${this.#dataset.name} ${operation}, round ${round}: ${contender.title}`);
        measured.get(contender)?.push(await this.#round(contender));
      }
    }
    return contenders.map((contender) => {
      const { name, title } = contender;
      return { dataset: this.#dataset.name, contender: name, title, operation, rounds: measured.get(contender) ?? [] };
    });
  }

  /** Runs everybody once, unmeasured. A program of the system that cannot do it is left out; what the repository brings must. */
  async #warmUp(wanted: readonly Contender[]): Promise<Contender[]> {
    const able: Contender[] = [];
    for (const contender of wanted) {
      this.#control.progress(`${this.#dataset.name} ${contender.operation}, warm-up: ${contender.title}`);
      try {
        await this.#round(contender);
        able.push(contender);
      } catch (error) {
        this.#control.signal.throwIfAborted();
        if (!("tool" in contender.run)) throw error;
        this.#control.onDropped(contender, error instanceof Error ? error.message : String(error));
      }
    }
    return able;
  }

  async #round(contender: Contender): Promise<Round> {
    const { place, signal } = this.#control;
    const { operation } = contender;
    const job = await place.prepare(operation === "create" ? undefined : this.#archiveFor(contender));
    try {
      await touchMemory(job.directory, this.#dataset.size, signal);
      const cost = await runContender(contender, job, this.#control);
      const difference = await this.#differenceOf(contender, job);
      const archiveSize = (await stat(job.archive)).size;
      if (operation === "create") await this.#keep(contender, job.archive);
      return { ...cost, archiveSize, ...(difference === undefined ? {} : { difference }) };
    } finally {
      await rm(job.directory, { recursive: true, force: true });
    }
  }

  #differenceOf(contender: Contender, { archive, target }: { archive: string; target: string }) {
    const { check, signal } = this.#control;
    const { manifest } = this.#dataset;
    if (contender.operation === "create") return check.differenceOf(archive, signal);
    return treeDifference(target, manifest, { keepsModes: contender.keepsModes, signal });
  }

  #archiveFor({ readsForeign }: Contender): string {
    const { own, foreign } = this.#archives;
    const archive = readsForeign ? (foreign ?? own) : own;
    if (archive === undefined) throw new Error("there is no archive to extract");
    return archive;
  }

  /** The foreign archive is PocketBase's, or the first of another's if Go is not there. */
  async #keep({ name }: Contender, archive: string): Promise<void> {
    const kind = name === STOWAGE ? "own" : "foreign";
    if (kind === "foreign" && name !== REFERENCE && this.#archives.foreign !== undefined) return;
    const kept = join(await this.#keptDirectory(kind), "backup.zip");
    await rename(archive, kept);
    this.#archives[kind] = kept;
  }

  async #keptDirectory(kind: keyof Archives): Promise<string> {
    const known = this.#archives[kind];
    return known === undefined ? dirname((await this.#control.place.prepare()).archive) : dirname(known);
  }
}
