import { rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchmarkControl } from "../benchmark-control.ts";
import { type Dataset, type DatasetName, makeDataset } from "../datasets/dataset.ts";
import type { Tools } from "../tools.ts";
import { isInMemory, withWorkDirectory } from "../work-directory.ts";
import { ArchiveCheck } from "./archive-check.ts";
import type { ArchiveOptions } from "./archive-options.ts";
import { BenchPlace } from "./bench-place.ts";
import { type DurableRestore, measureDurableRestore } from "./durable-restore.ts";
import { type ArchiveResult, type MeasureControl, measureDataset } from "./measure-dataset.ts";
import { measureResponsiveness, type Responsiveness } from "./responsiveness.ts";
import { type Summary, summarise } from "./summary.ts";

/** What was measured on one dataset. */
export interface DatasetFigures {
  readonly dataset: DatasetName;
  readonly title: string;
  readonly files: number;
  /** Bytes. */
  readonly size: number;
  readonly results: readonly ArchiveResult[];
  readonly summaries: readonly Summary[];
  readonly responsiveness: Responsiveness;
  /** Absent if there is no disk, no room on it, or no `unzip`. */
  readonly durable?: DurableRestore;
}

type Participants = Pick<MeasureControl, "contenders" | "tools" | "onDropped">;

/** Each of them leaves three trees on the disk. */
const MOST_DURABLE_ROUNDS = 3;

/** A dataset on disk, and all that is measured on it. */
export class BenchDataset {
  readonly #dataset: Dataset;
  readonly #directory: string;
  readonly #options: ArchiveOptions;
  readonly #control: BenchmarkControl;

  private constructor(dataset: Dataset, directory: string, options: ArchiveOptions, control: BenchmarkControl) {
    this.#dataset = dataset;
    this.#directory = directory;
    this.#options = options;
    this.#control = control;
  }

  static async make(
    name: DatasetName,
    { options, directory, control }: { options: ArchiveOptions; directory: string; control: BenchmarkControl },
  ): Promise<BenchDataset> {
    control.progress(`making ${name}`);
    const source = { directory: join(directory, "data"), sizes: options, signal: control.signal };
    return new BenchDataset(await makeDataset(name, source), directory, options, control);
  }

  async measure(participants: Participants): Promise<DatasetFigures> {
    const { signal, progress } = this.#control;
    const { rounds } = this.#options;
    const { name: dataset, title, size, manifest, directory } = this.#dataset;
    const place = new BenchPlace(join(this.#directory, "runs"), directory);
    const check = new ArchiveCheck(manifest, participants.tools);
    const results = await measureDataset(this.#dataset, { ...participants, check, rounds, place, signal, progress });
    progress(`${dataset} create: how the event loop fares`);
    const responsiveness = await measureResponsiveness(this.#dataset, { rounds, place, signal });
    const durable = await this.#durable(participants.tools);
    const figures = { dataset, title, files: manifest.length, size, results, summaries: summarise(results) };
    return { ...figures, responsiveness, ...(durable && { durable }) };
  }

  async remove(): Promise<void> {
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** In the quick run of D1 alone: on a disk it may take long. */
  async #durable(tools: Tools): Promise<DurableRestore | undefined> {
    const { quick, directory: parent = tmpdir() } = this.#options;
    const { name, size, directory } = this.#dataset;
    const { signal, progress } = this.#control;
    const rounds = Math.min(MOST_DURABLE_ROUNDS, this.#options.rounds);
    if ((quick && name !== "d1") || !tools.found.has("unzip")) return undefined;
    if ((await isInMemory(parent)) || !(await hasRoom(parent, size * (3 * rounds + 2)))) return undefined;
    progress(`${name} restore on a disk, with what makes it durable`);
    return withWorkDirectory({ parent, size }, (work) => {
      const place = new BenchPlace(work.path, directory);
      return measureDurableRestore(this.#dataset, { rounds, tools, signal, place });
    });
  }
}

async function hasRoom(path: string, size: number): Promise<boolean> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize > 2 * size;
}
