import type { StowageError } from "../../errors.ts";
import { type History, MAX_RECORDS } from "../../history/history.ts";
import type { HistoryRecord } from "../../history/history-record.ts";
import { currentProcess, isAlive } from "../../lock/process-identity.ts";
import { warningsOf } from "./result-warnings.ts";

/** What an operation is, before it does anything. */
export interface BegunOperation {
  readonly operation: string;
  readonly key: string;
  readonly scheduledFor?: Date | undefined;
}

/** How an operation ended. */
export type Ending = { readonly result: unknown } | { readonly error: StowageError };

/** Keeps what the operations of a manager were and how they ended: in memory the last of each kind, on disk the history. */
export class OperationHistory {
  readonly #history: History | undefined;
  readonly #results = new Map<string, HistoryRecord>();
  /** Of operations that were found interrupted: each is told once. */
  readonly #settled = new Set<string>();
  #settling: Promise<unknown> = Promise.resolve();
  /** What this process did, for where no disk takes it. */
  #own: HistoryRecord[] = [];

  /** Without a history on disk only this process knows. */
  constructor(history?: History) {
    this.#history = history;
  }

  /** Notes one that may be killed in the middle of its work, so that this is known later. */
  async begin(begun: BegunOperation, startedAt: Date): Promise<void> {
    await this.#history?.put({ ...begun, startedAt, warningCount: 0, warnings: [], by: await currentProcess() });
  }

  /** Notes the end: at once for `results`, then on disk. */
  async end(begun: BegunOperation, startedAt: Date, ending: Ending): Promise<void> {
    const record: HistoryRecord = { ...begun, startedAt, finishedAt: new Date(), ...factsOf(ending) };
    this.#keep(record);
    this.#own = [...this.#own, record].slice(-MAX_RECORDS);
    await this.#history?.put(record);
  }

  /** How the last operation of each kind ended, the newest first. */
  results(): HistoryRecord[] {
    return [...this.#results.values()].reverse().sort((left, right) => endOf(right) - endOf(left));
  }

  /** All that is known, the newest first. From then on `results` knows what ended before this process began. */
  async read(): Promise<HistoryRecord[]> {
    const written = (await this.#history?.read()) ?? [];
    const known = new Set(written.map(idOf));
    const unwritten = this.#own.filter((record) => !known.has(idOf(record))); // where the disk took none
    const records = [...written, ...unwritten].sort((left, right) => timeOf(left) - timeOf(right));
    for (const record of records) this.#keep(record);
    return records.reverse();
  }

  /**
   * Notes of operations of a kind that their processes did not end that they ended so, and returns them: those of processes of this host that are gone,
   * and with `before` those of other hosts that began before it, for whoever has held the lock since.
   */
  settleInterrupted(operation: string, before?: Date): Promise<HistoryRecord[]> {
    const settled = this.#settling.then(() => this.#settle(operation, before));
    this.#settling = settled.catch(() => []);
    return settled;
  }

  async #settle(operation: string, before: Date | undefined): Promise<HistoryRecord[]> {
    const self = await currentProcess();
    const interrupted: HistoryRecord[] = [];
    for (const record of (await this.#history?.read()) ?? []) {
      const { by } = record;
      if (record.operation !== operation || record.finishedAt || !by || this.#settled.has(idOf(record))) continue;
      const isGone = by.host === self.host ? !(await isAlive(by)) : before !== undefined && record.startedAt < before;
      if (!isGone) continue;
      this.#settled.add(idOf(record));
      interrupted.push(record);
      const error = { code: "ABORTED", reason: "interrupted" };
      await this.#history?.put({ ...record, finishedAt: new Date(), error, by: undefined });
    }
    return interrupted;
  }

  #keep(record: HistoryRecord): void {
    const known = this.#results.get(record.operation);
    if (!record.finishedAt || (known && endOf(known) > endOf(record))) return;
    this.#results.delete(record.operation); // so that the last one is the newest
    this.#results.set(record.operation, record);
  }
}

/** Tells a record from others, whatever became of the operation. */
function idOf({ operation, startedAt, key }: HistoryRecord): string {
  return `${operation} ${startedAt.getTime()} ${key}`;
}

function timeOf({ startedAt, finishedAt }: HistoryRecord): number {
  return (finishedAt ?? startedAt).getTime();
}

function endOf({ finishedAt }: HistoryRecord): number {
  return finishedAt?.getTime() ?? 0;
}

function factsOf(ending: Ending): Pick<HistoryRecord, "size" | "entries" | "warningCount" | "warnings" | "error"> {
  if ("error" in ending) {
    const { code, reason } = ending.error;
    return { warningCount: 0, warnings: [], error: { code, reason } };
  }
  const { size, entries } = Object(ending.result);
  const isCount = (value: unknown): value is number => typeof value === "number";
  return {
    size: isCount(size) ? size : undefined,
    entries: isCount(entries) ? entries : undefined,
    ...warningsOf(ending.result),
  };
}
