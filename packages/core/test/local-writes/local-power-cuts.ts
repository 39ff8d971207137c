import { Filesystem } from "@stowage/core";
import { LocalDriver } from "@stowage/local";
import { SeededRandom } from "@stowage/test-kit/random";
import { type DiskEvent, type DiskImage, DiskModel } from "../restore/disk-model.ts";
import { imageOf, treeAt } from "../restore/image-tree.ts";
import { ModelledDisk, type ModelledDiskOptions } from "../restore/modelled-disk.ts";
import type { Script } from "./local-scripts.ts";
import { contentAfter, DIRECTORY, type Step, takeSteps } from "./local-steps.ts";

export interface PowerCutOptions extends ModelledDiskOptions {
  readonly seed: number;
  /** The most states after each event. */
  readonly states: number;
  /** Kills after each so many events only; after every one when left out. */
  readonly killStride?: number;
  /** Stops at the first bad state. */
  readonly untilBad?: boolean;
}

export interface PowerCutFigures {
  states: number;
  bad: number;
  firstBad?: string;
}

/** What may lie under each key, given what was acknowledged; undefined stands for nothing. */
type Expected = ReadonlyMap<string, ReadonlySet<string | undefined>>;

/**
 * Runs a script on a modelled disk and cuts the power after each event. Then kills the process after each event instead, lets
 * another one go on, and cuts the power after each event of that.
 */
export async function cutPower(script: Script, options: PowerCutOptions): Promise<PowerCutFigures> {
  const sweep = new Sweep(options);
  const start = script.start ? imageOf(DIRECTORY, script.start) : imageOf("/modelled", {});
  const disk = new ModelledDisk(start, options);
  await takeSteps(disk, script.steps);
  await sweep.walk(start, disk.events, 0, expectedOf(script));
  for (let end = 0; end <= disk.events.length && !sweep.isOver; end += options.killStride ?? 1) {
    const other = new ModelledDisk(start, options).replay(disk.events.slice(0, end));
    await takeSteps(other, script.afterKill);
    await sweep.walk(start, other.events, end, expectedOf(script));
  }
  return sweep.figures;
}

class Sweep {
  readonly figures: PowerCutFigures = { states: 0, bad: 0 };
  readonly #options: PowerCutOptions;
  readonly #random: SeededRandom;
  readonly #contents = new Map<string, Promise<Map<string, string>>>();

  constructor(options: PowerCutOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
  }

  get isOver(): boolean {
    return this.#options.untilBad === true && this.figures.bad > 0;
  }

  /** Cuts the power after each event from the one with number `from` on. */
  async walk(start: DiskImage, events: readonly DiskEvent[], from: number, before: Expected): Promise<void> {
    const model = new DiskModel(start, { ordersNames: this.#options.ordersNames ?? false });
    let expected = before;
    for (let at = 0; at <= events.length && !this.isOver; at++) {
      const event = events[at - 1];
      if (event) model.apply(event);
      if (event?.kind === "mark") expected = after(expected, JSON.parse(event.text) as Mark);
      if (at < from) continue;
      for (const image of model.afterPowerCut(this.#options.states, () => this.#random.next())) {
        await this.#judge(image, expected, `after ${from > 0 ? `a kill at ${from} and ` : ""}event ${at}`);
        if (this.isOver) return;
      }
    }
  }

  async #judge(image: DiskImage, expected: Expected, where: string): Promise<void> {
    this.figures.states++;
    try {
      assertExpected(await this.#contentsOf(image), expected);
    } catch (error) {
      this.figures.bad++;
      this.figures.firstBad ??= `${where}: ${String(error)}`;
    }
  }

  /** Many cuts leave the same behind. */
  #contentsOf(image: DiskImage): Promise<Map<string, string>> {
    const fingerprint = JSON.stringify(treeAt(image, "/modelled"));
    const known = this.#contents.get(fingerprint) ?? contentsOf(image);
    this.#contents.set(fingerprint, known);
    return known;
  }
}

interface Mark {
  readonly step: Step;
  readonly is: "begun" | "done" | "refused";
}

function expectedOf({ start = {} }: Script): Expected {
  return new Map(Object.entries(start).map(([key, content]) => [key, new Set([content])]));
}

function after(expected: Expected, { step, is }: Mark): Expected {
  const before = expected.get(step.key) ?? new Set([undefined]);
  const isCreating = step.verb === "create" || step.verb === "create lock";
  if (is === "refused" || (isCreating && !before.has(undefined))) return expected;
  const content = contentAfter(step);
  return new Map(expected).set(step.key, new Set(is === "done" ? [content] : [...before, content]));
}

function assertExpected(contents: ReadonlyMap<string, string>, expected: Expected): void {
  for (const key of contents.keys()) if (!expected.has(key)) throw new Error(`${key}, which nobody wrote, is listed`);
  for (const [key, allowed] of expected) {
    const content = contents.get(key);
    const wanted = [...allowed].map((one) => one ?? "nothing").join(" or ");
    if (!allowed.has(content)) throw new Error(`${content ?? "nothing"} lies under ${key} instead of ${wanted}`);
  }
}

/** What the driver lists and reads when it is opened on a disk. */
async function contentsOf(image: DiskImage): Promise<Map<string, string>> {
  const driver = new LocalDriver({ directory: DIRECTORY }, new ModelledDisk(image));
  const filesystem = new Filesystem(driver);
  await filesystem.open();
  const { signal } = new AbortController();
  const { files } = await driver.list({ prefix: "", limit: 100, signal });
  const contents = new Map<string, string>();
  for (const { key } of files) {
    const { content } = await driver.read(key, { signal });
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    contents.set(key, Buffer.concat(chunks).toString());
  }
  await filesystem.close();
  return contents;
}
