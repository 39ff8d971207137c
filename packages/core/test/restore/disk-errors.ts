import { SeededRandom } from "@stowage/test-kit/random";
import { expect } from "vitest";
import { StowageError } from "../../src/errors.ts";
import { needsRecovery, recover } from "../../src/restore/recover.ts";
import { treeAt } from "./image-tree.ts";
import { ModelledDisk, type ModelledDiskOptions } from "./modelled-disk.ts";
import { DATA, diskOf, restoreOn, runScenario, startOf } from "./power-cut-scenarios.ts";
import { assertUnmixed, contentOf, EITHER, judge, type Which } from "./power-cut-verdict.ts";
import type { Scenario } from "./scenarios.ts";

/** Three of them also stay, as on a disk that is full, read-only or broken: {@link LASTING_ERRORS}. */
export const ERRORS = ["EIO", "ENOSPC", "EACCES", "EMFILE", "EROFS", "EBUSY", "EXDEV", "EINTR"];
export const LASTING_ERRORS = ["ENOSPC", "EROFS", "EIO"];

const MUTATING = /^(createFile|makeDirectory|rename|remove|set|sync|file\.(write|set|sync))/;

/** How often which data was there in the end. */
export type Outcomes = Record<Which, number>;

export interface EachCall {
  /** Of several, each call gets the next one. */
  readonly codes: readonly string[];
  /** At most so many states of the disk after a power cut, where a sync failed: what it was for may be on the disk or not. */
  readonly states?: number;
}

/** Restores with an error at the first call, at the second, and so on: old data and nothing beside it, or new and no error. */
export async function failEachCall(scenario: Scenario, { codes, states = 100 }: EachCall): Promise<Outcomes> {
  const outcomes = { old: 0, new: 0 };
  for (let nth = 1; ; nth++) {
    const code = codeFor(nth, codes);
    const disk = new ModelledDisk(startOf(scenario), { ...diskOf(scenario), ...failingAt(nth, code) });
    const error = await failureOf(restoreOn(disk, scenario));
    if (disk.calls.length < nth) return outcomes;

    const where = `call ${nth}: ${disk.calls[nth - 1]}`;
    const which = error === undefined ? "new" : "old";
    if (error !== undefined) expect(error, where).toBeInstanceOf(StowageError);
    expect(dataOf(disk, scenario), where).toEqual(which === "new" ? scenario.restored : (scenario.old ?? {}));
    if (which === "old") expect(await needsRecovery(DATA, { disk }), `${where} leaves nothing behind`).toBe(false);
    await expectDurable(disk, scenario, which, { where, states: where.includes("sync") ? states : 2 });
    outcomes[which]++;
  }
}

/** The same with an error at that call and at every later one that changes something, until `recover` is called. */
export async function failFromEachCall(scenario: Scenario, { codes }: Pick<EachCall, "codes">): Promise<Outcomes> {
  const outcomes = { old: 0, new: 0 };
  for (let nth = 1; ; nth++) {
    const code = codeFor(nth, codes);
    const broken = { from: nth };
    const disk = new ModelledDisk(startOf(scenario), { ...diskOf(scenario), ...failingFrom(broken, code) });
    const error = await failureOf(restoreOn(disk, scenario));
    if (disk.calls.length < nth) return outcomes;

    broken.from = Number.POSITIVE_INFINITY;
    const where = `call ${nth}: ${disk.calls[nth - 1]}`;
    assertUnmixed(disk.model.live);
    await recover(DATA, { disk });
    const which = judge(disk.model.live, scenario, EITHER, []);
    if (error === undefined) expect(which, where).toBe("new");
    else expect(error, where).toBeInstanceOf(StowageError);
    expect(await needsRecovery(DATA, { disk }), where).toBe(false);
    outcomes[which]++;
  }
}

/** Kills a restore after every `stride`th event since the commit, and recovers with an error at each call in turn, then without. */
export async function failEachCallOfRecovery(scenario: Scenario, code: string, stride: number): Promise<Outcomes> {
  const outcomes = { old: 0, new: 0 };
  const { events, start } = await runScenario(scenario);
  const commit = events.findIndex((event) => event.kind === "rename" && event.at.name === "swap.json");
  for (let end = commit + 1; end <= events.length; end += stride) {
    for (let nth = 1; ; nth++) {
      const disk = new ModelledDisk(start, { ...diskOf(scenario), ...failingAt(nth, code) }).replay(
        events.slice(0, end),
      );
      const error = await failureOf(recover(DATA, { disk }));
      if (disk.calls.length < nth) break;

      const where = `after event ${end}, call ${nth}: ${disk.calls[nth - 1]}`;
      if (error !== undefined) expect(error, where).toBeInstanceOf(StowageError);
      await recover(DATA, { disk });
      outcomes[judge(disk.model.live, scenario, EITHER, [])]++;
      expect(await needsRecovery(DATA, { disk }), where).toBe(false);
    }
  }
  return outcomes;
}

/** What the application was told holds after a power cut too, even where the error was that of a sync. */
async function expectDurable(
  disk: ModelledDisk,
  scenario: Scenario,
  which: Which,
  { where, states }: { where: string; states: number },
): Promise<void> {
  const random = new SeededRandom(1);
  for (const image of disk.model.afterPowerCut(states, () => random.next())) {
    const later = new ModelledDisk(image, diskOf(scenario));
    await recover(DATA, { disk: later });
    expect(dataOf(later, scenario), `${where}, then a power cut`).toEqual(
      which === "new" ? scenario.restored : (scenario.old ?? {}),
    );
  }
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function codeFor(nth: number, codes: readonly string[]): string {
  return codes[nth % codes.length] ?? "EIO";
}

function failingAt(nth: number, code: string): ModelledDiskOptions {
  let calls = 0;
  return { intercept: (text) => (++calls === nth ? failure(code, text) : undefined) };
}

function failingFrom(broken: { readonly from: number }, code: string): ModelledDiskOptions {
  let calls = 0;
  return {
    intercept: (text) => (++calls >= broken.from && MUTATING.test(text) ? failure(code, text) : undefined),
  };
}

function failure(code: string, call: string): Error {
  return Object.assign(new Error(`${code}: injected into ${call}`), { code });
}

function dataOf(disk: ModelledDisk, scenario: Scenario): Record<string, string> {
  return contentOf(treeAt(disk.model.live, DATA) ?? {}, scenario);
}
