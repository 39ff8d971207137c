import { dirname } from "node:path";
import { SeededRandom } from "@stowage/test-kit/random";
import { recover } from "../../src/restore/recover.ts";
import { type DiskEvent, type DiskImage, DiskModel } from "./disk-model.ts";
import { treeAt } from "./image-tree.ts";
import { ModelledDisk, type ModelledDiskOptions } from "./modelled-disk.ts";
import { DATA, diskOf, failing, writeAndSync } from "./power-cut-scenarios.ts";
import { after, assertUnmixed, EITHER, type Expected, judge, WRITTEN_AGAIN } from "./power-cut-verdict.ts";
import type { Scenario } from "./scenarios.ts";

export interface SweepOptions {
  readonly seed: number;
  /** At most so many states of the disk after each event of the restore. */
  readonly states: number;
  /** At most so many after each event of a recovery; 0 for no second power cut. */
  readonly statesOfRecovery: number;
  /** Cuts the power again after each event, or after each so manieth. Default 1. */
  readonly stride?: number;
  /** Kills the process at each event, or at each so manieth. Default 1. */
  readonly killStride?: number;
  readonly ordersNames?: boolean;
  /** Ends at the first state that is bad. */
  readonly untilBad?: boolean;
  /** As for a {@link ModelledDisk}, in each recovery. */
  readonly intercept?: ModelledDiskOptions["intercept"];
}

export interface SweepReport {
  states: number;
  bad: number;
  firstBad?: string;
}

interface Situation {
  readonly expected: Expected;
  /** What an application wrote that was not closed. */
  readonly intruders: readonly string[];
  readonly where: string;
}

/** Cuts the power after every event of a recorded restore, and again after every event of the recovery that follows. */
export class PowerCutSweep {
  readonly report: SweepReport = { states: 0, bad: 0 };
  readonly #scenario: Scenario;
  readonly #options: SweepOptions;
  /** Of the disks on which a recovery runs. */
  readonly #disk: ModelledDiskOptions;
  readonly #random: SeededRandom;

  constructor(scenario: Scenario, options: SweepOptions) {
    this.#scenario = scenario;
    this.#options = options;
    const { ordersNames = false } = options;
    this.#disk = { ...diskOf(scenario), ordersNames, intercept: failing(scenario.recoveryFault, options.intercept) };
    this.#random = new SeededRandom(options.seed);
  }

  async run(restored: ModelledDisk): Promise<SweepReport> {
    const { statesOfRecovery, states, stride = 1 } = this.#options;
    const start = { expected: EITHER, intruders: [], where: "restore" };
    await this.#walk(
      restored.start,
      { events: restored.events, from: 0, situation: start, states },
      async (image, situation, at) => {
        assertUnmixed(image);
        await this.#recoverFrom(
          new ModelledDisk(image, this.#disk),
          situation,
          at % stride === 0 ? statesOfRecovery : 0,
        );
      },
    );
    if (statesOfRecovery > 0) await this.#killEverywhere(restored, start);
    return this.report;
  }

  /** A process is killed, nothing is lost yet, another recovers, and only then the power goes. */
  async #killEverywhere(restored: ModelledDisk, start: Situation): Promise<void> {
    const { killStride = 1, statesOfRecovery } = this.#options;
    let situation = start;
    for (let end = 0; end <= restored.events.length && !this.#isOver(); end++) {
      const event = restored.events[end - 1];
      if (event) situation = next(situation, event, end);
      if (end % killStride !== 0) continue;
      const disk = new ModelledDisk(restored.start, this.#disk).replay(restored.events.slice(0, end));
      await this.#judged({ ...situation, where: `kill at ${end}` }, () =>
        this.#recoverFrom(disk, situation, statesOfRecovery),
      );
    }
  }

  /** Recovers, lets the application write, and cuts the power once more after every event of that. */
  async #recoverFrom(disk: ModelledDisk, situation: Situation, states: number): Promise<void> {
    const { start } = disk;
    const from = disk.events.length;
    const hadUndo = treeAt(disk.model.live, DATA)?.[".stowage/undo.json"] !== undefined;
    const recovery = await recover(DATA, { disk });
    if (recovery === "undone" && !hadUndo && !this.#scenario.recoveryFault)
      throw new Error("a committed restore was undone, though nothing failed");
    const which = judge(disk.model.live, this.#scenario, situation.expected, situation.intruders);
    if (states === 0) return;
    const written = situation.expected.get(which) ?? [];
    const told = disk.events.length;
    if (treeAt(disk.model.live, DATA) === undefined) return;
    if (treeAt(disk.model.live, DATA)?.[WRITTEN_AGAIN] === undefined) await writeAndSync(disk, WRITTEN_AGAIN, "again");
    await disk.syncDirectory(dirname(DATA)); // a restore that was killed may have made the data directory
    const events = disk.events;
    await this.#walk(start, { events, from, situation, states }, async (image, { where }, at) => {
      assertUnmixed(image);
      const isTold = at > told;
      const isWritten = at >= events.length;
      const expected = isTold
        ? new Map([[which, [...written, ...(isWritten ? [WRITTEN_AGAIN] : [])]]])
        : situation.expected;
      await this.#recoverFrom(new ModelledDisk(image, this.#disk), { ...situation, expected, where }, 0);
    });
  }

  async #walk(
    start: DiskImage,
    {
      events,
      from,
      situation,
      states,
    }: { events: readonly DiskEvent[]; from: number; situation: Situation; states: number },
    check: (image: DiskImage, situation: Situation, at: number) => Promise<void>,
  ): Promise<void> {
    const model = new DiskModel(start, { ordersNames: this.#options.ordersNames ?? false });
    let current = situation;
    for (let at = 0; at <= events.length && !this.#isOver(); at++) {
      const event = events[at - 1];
      if (event) model.apply(event);
      if (event && from === 0) current = next(current, event, at);
      if (at < from) continue;
      const where = `${situation.where} > ${describe(event, at)}`;
      for (const image of model.afterPowerCut(states, () => this.#random.next())) {
        await this.#judged({ ...current, where }, () => check(image, { ...current, where }, at));
        if (this.#isOver()) return;
      }
    }
  }

  async #judged({ where }: Situation, check: () => Promise<void>): Promise<void> {
    this.report.states++;
    try {
      await check();
    } catch (error) {
      this.report.bad++;
      this.report.firstBad ??= `${where}: ${String(error)}`;
    }
  }

  #isOver(): boolean {
    return this.#options.untilBad === true && this.report.bad > 0;
  }
}

function next(situation: Situation, event: DiskEvent, at: number): Situation {
  if (event.kind !== "mark") return { ...situation, where: describe(event, at) };
  const written = /^disturbed (.*)$/.exec(event.text)?.[1];
  const intruders = written === undefined ? situation.intruders : [...situation.intruders, written];
  return { ...situation, intruders, expected: after(event.text, situation.expected) };
}

function describe(event: DiskEvent | undefined, at: number): string {
  if (!event) return `${at}`;
  if (event.kind === "rename") return `${at} rename ${event.from.name} to ${event.at.name}`;
  return `${at} ${event.kind} ${"at" in event ? event.at.name : ""}`;
}
