import assert from "node:assert/strict";
import { assertBytes, readBytes } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { inChunks, nextTurn } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { callingAtTheEnd } from "./write-abort.ts";

/** How often a commit is aborted, each time nearer to the moment from which on an abort is too late. */
const ATTEMPTS = 6;
/** One commit takes longer than another: so much a bound is moved back. */
const MARGIN = 0.1;
const CHUNKS = 8;

export const writeCommitAbortCases: readonly ContractCase[] = [
  {
    id: "write-fails/abort-during-the-commit",
    title:
      "an abort while a write commits leaves the complete new object if it resolves, and the old one if it rejects",
    tier: "fast",
    run: async (context) => {
      for (const size of [1_000, ...(context.hasSmallParts ? [context.partSize + 100] : [])]) {
        await abortDuringCommit(context, size);
      }
    },
  },
];

interface Attempt {
  readonly key: string;
  readonly old: Uint8Array;
  readonly next: Uint8Array;
  outcome: string;
}

/** Aborts around the moment from which on that is too late, and asserts that what each write says of its object is so, and stays so. */
async function abortDuringCommit(context: CaseContext, size: number): Promise<void> {
  const attempts = Array.from({ length: ATTEMPTS }, (_, index): Attempt => {
    return { key: context.key(`${size}-${index}`), old: context.bytes(size), next: context.bytes(size), outcome: "" };
  });
  const commits = new Commits(context);
  for (const { key, old } of attempts) await commits.timed(key, old);
  let [early, late] = [0, 1];
  for (const attempt of attempts) {
    const share = (early + late) / 2;
    attempt.outcome = await commits.aborted(attempt.key, attempt.next, share);
    if (attempt.outcome === "stored") late = share + MARGIN;
    else early = share - MARGIN;
  }
  await context.settle(); // a request that was sent arrives, whoever waits for its answer
  const other = context.open();
  for (const { key, old, next, outcome } of attempts) {
    const stored = outcome === "stored" ? next : old;
    assertBytes(await readBytes(other, key), stored, `the object after a write that is ${outcome}`);
  }
}

/** Writes, of which it is known when their content has ended. */
class Commits {
  readonly #write: (key: string, bytes: Uint8Array, signal?: AbortSignal) => Promise<unknown>;
  readonly #times: number[] = [];
  #atEnd = () => {};

  constructor(context: CaseContext) {
    const filesystem = context.openThrough((driver) => callingAtTheEnd(driver, () => this.#atEnd()));
    this.#write = (key, bytes, signal) =>
      filesystem.write(key, inChunks(bytes, Math.ceil(bytes.length / CHUNKS)), { signal });
  }

  /** Notes how long the write takes from the end of its content on. */
  async timed(key: string, bytes: Uint8Array): Promise<void> {
    let ended = 0;
    this.#atEnd = () => {
      ended = performance.now();
    };
    await this.#write(key, bytes);
    this.#times.push(performance.now() - ended);
  }

  /** Aborts the write after a share of the time that others took, and returns "stored" or the code of its error. */
  async aborted(key: string, bytes: Uint8Array, share: number): Promise<string> {
    const controller = new AbortController();
    this.#atEnd = () => void abortIn(share * this.#usualMs, controller);
    const outcome = await this.#write(key, bytes, controller.signal).then(
      () => "stored",
      (error) => String(error.code),
    );
    assert.ok(["stored", "ABORTED"].includes(outcome), `the write resolves or is ABORTED, not ${outcome}`);
    return outcome;
  }

  get #usualMs(): number {
    return this.#times.toSorted((one, other) => one - other)[Math.floor(this.#times.length / 2)] ?? 0;
  }
}

/** Timers are too coarse for a commit of a millisecond. */
async function abortIn(ms: number, controller: AbortController): Promise<void> {
  const start = performance.now();
  do await nextTurn();
  while (performance.now() - start < ms);
  controller.abort(new Error("too late"));
}
