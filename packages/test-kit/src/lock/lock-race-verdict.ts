import type { StoredChange } from "./lock-register.ts";
import { GENERATION_PREFIX, isOfGeneration } from "./lock-request.ts";
import type { TurnReport } from "./turn.ts";

/** A turn as it was asked for, and what came of it. */
export interface PlayedTurn extends TurnReport {
  readonly client: number;
  readonly name: string;
  readonly sleeps: boolean;
  /** When it was ordered, and when its report came, in milliseconds of the register's clock. */
  readonly orderedAt: number;
  readonly settledAt: number;
  readonly lockTtlMs: number;
}

export interface LockVerdict {
  /** Turns that held the lock and kept it, or died with it. */
  readonly turns: number;
  readonly deaths: number;
  /** Holders that were stopped for longer than they are believed. */
  readonly sleeps: number;
  readonly renewals: number;
  /** Generations whose creator was not told that it created them. */
  readonly lostCreations: number;
  /** Those of them that their creator knew again: it went on to hold them, or released them. */
  readonly knownAgain: number;
  /** Turns during which another began, changes of a holder that were sent when a later generation was there, and a lock removed. */
  readonly overlaps: readonly string[];
  /** Generations that were created twice or out of order, or given to turns out of order. */
  readonly falls: number;
  /** Generations that a living process created, and neither released nor lost as a holder. */
  readonly orphans: readonly string[];
  /** Turns that may have been done when the lock was too old: such a holder leaves it alone. */
  readonly doneLate: number;
  /** How often each outcome came. */
  readonly outcomes: ReadonlyMap<string, number>;
}

/** A generation with all that its holder changed in the storage. */
interface Generation {
  readonly number: number;
  readonly creation: StoredChange;
  /** Of the generation itself and of the archive that it was taken for. */
  readonly changes: readonly StoredChange[];
  readonly turn: PlayedTurn | undefined;
}

/** Judges a race by what the storage saw and what the clients say. */
export function verdictOn(turns: readonly PlayedTurn[], changes: readonly StoredChange[]): LockVerdict {
  const all = generationsOf(turns, changes);
  const generations = all.filter((generation) => !isOverdue(generation, all));
  const kept = turns.filter(({ enteredAt, outcome }) => enteredAt !== undefined && outcome !== "LOCK_LOST");
  const lost = generations.filter(({ creation }) => creation.wasLost);
  const outcomes = new Map<string, number>();
  for (const { outcome } of turns) outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  return {
    turns: kept.length,
    deaths: turns.filter(({ outcome }) => outcome === "died").length,
    sleeps: turns.filter(({ sleeps, enteredAt }) => sleeps && enteredAt !== undefined).length,
    renewals: generations.flatMap(({ changes }) => changes).filter(isRenewal).length,
    lostCreations: lost.length,
    knownAgain: lost.filter(({ turn, changes }) => turn?.enteredAt !== undefined || isReleased(changes)).length,
    overlaps: [...overlapsOf(kept), ...lateChangesOf(generations), ...wrongRemovalsIn(changes)],
    falls: fallsOf(generations),
    orphans: generations.filter((generation) => isOrphan(generation) && !isDoneLate(generation)).map(describeOrphan),
    doneLate: generations.filter((generation) => isOrphan(generation) && isDoneLate(generation)).length,
    outcomes,
  };
}

/** In the order in which the storage made them. */
function generationsOf(turns: readonly PlayedTurn[], changes: readonly StoredChange[]): Generation[] {
  const turnOf = new Map(turns.map((turn) => [turn.name, turn]));
  const creations = changes.filter((change) => change.kind === "create" && isOfGeneration(change));
  return creations.map((creation) => ({
    number: Number(creation.key.slice(GENERATION_PREFIX.length)),
    creation,
    changes: changes.filter(({ key, client }) => {
      return client === creation.client && (key === creation.key || key === creation.archive);
    }),
    turn: turnOf.get(creation.archive ?? ""),
  }));
}

/** Whether a process that slept created a number whose time was over, and did not enter with it. It looks again, and removes it. */
function isOverdue(generation: Generation, all: readonly Generation[]): boolean {
  const { number, turn } = generation;
  const index = all.indexOf(generation);
  if (all.slice(0, index).every((earlier) => earlier.number < number)) return false;
  return turn?.enteredAt === undefined || all.slice(index + 1).some((later) => later.turn === turn);
}

function isRenewal(change: StoredChange): boolean {
  return change.kind === "replace" && isOfGeneration(change) && !change.isRelease;
}

/** Turns that began while another was at its work. A holder that lost the lock may be late to notice, but changes nothing. */
function overlapsOf(kept: readonly PlayedTurn[]): string[] {
  const ordered = inOrder(kept);
  return ordered
    .filter(({ enteredAt = 0n }, index) => enteredAt < (ordered[index - 1]?.leftAt ?? 0n))
    .map(({ name }) => `${name} began within the turn before it`);
}

/** What a holder still changed. To repeat a release whose reply was lost changes nothing. */
function lateChangesOf(generations: readonly Generation[]): string[] {
  return generations.flatMap(({ number, changes }) => {
    const takenOverAt = generations.find((other) => other.number > number)?.creation.doneAt ?? Number.POSITIVE_INFINITY;
    const isRepeated = (change: StoredChange) =>
      change.isRelease && change !== changes.find(({ isRelease }) => isRelease);
    return changes
      .filter((change) => change.sentAt > takenOverAt && !isRepeated(change) && !isRemoval(change))
      .map(
        ({ kind, key, isRelease }) => `generation ${number}: ${isRelease ? "release" : kind} of ${key} came too late`,
      );
  });
}

function isRemoval(change: StoredChange): boolean {
  return change.kind === "delete" && isOfGeneration(change);
}

/** The highest generation must stay, whoever removes what is over. */
function wrongRemovalsIn(changes: readonly StoredChange[]): string[] {
  const creations = changes.filter((change) => change.kind === "create" && isOfGeneration(change));
  return changes
    .filter(isRemoval)
    .filter(({ key, sentAt }) => !creations.some((creation) => creation.key > key && creation.sentAt < sentAt))
    .map(({ key }) => `${key} was removed while it was the highest`);
}

function fallsOf(generations: readonly Generation[]): number {
  const numbers = generations.map(({ number }) => number);
  const entered = generations.filter(({ turn }) => turn?.enteredAt !== undefined && turn.outcome !== "LOCK_LOST");
  const ordered = entered.toSorted((left, right) => compare(left.turn?.enteredAt, right.turn?.enteredAt));
  return fallsIn(numbers) + fallsIn(ordered.map(({ number }) => number));
}

function fallsIn(numbers: readonly number[]): number {
  return numbers.filter((number, index) => number <= (numbers[index - 1] ?? 0)).length;
}

/** A client that died, or that found out that it lost the lock, leaves its generation to the others. */
function isOrphan({ changes, turn }: Generation): boolean {
  if (isReleased(changes)) return false;
  return turn !== undefined && turn.outcome !== "died" && turn.outcome !== "LOCK_LOST";
}

/**
 * Whether a turn may have been done when its last renewal was older than 2/3 × ttl, because the machine was too busy for this ttl.
 * Each renewal was sent when the storage had answered the one before.
 */
function isDoneLate({ creation, changes, turn }: Generation): boolean {
  if (turn?.outcome !== "done") return false;
  const renewals = changes.filter((change) => isRenewal(change) && !change.wasLost);
  const before = renewals.length > 1 ? renewals.at(-2)?.doneAt : undefined;
  const renewedAt = before ?? (renewals.length === 1 ? creation.doneAt : turn.orderedAt);
  return turn.settledAt - renewedAt > (2 / 3) * turn.lockTtlMs;
}

function isReleased(changes: readonly StoredChange[]): boolean {
  return changes.some(({ isRelease }) => isRelease);
}

function describeOrphan({ number, creation, turn }: Generation): string {
  const reply = creation.wasLost ? "reply lost" : "reply received";
  return `generation ${number} of ${creation.archive} (${reply}), which ended with ${turn?.outcome}`;
}

function inOrder(turns: readonly PlayedTurn[]): PlayedTurn[] {
  return turns.toSorted((left, right) => compare(left.enteredAt, right.enteredAt));
}

function compare(left = 0n, right = 0n): number {
  return left < right ? -1 : 1;
}
