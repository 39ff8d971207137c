import { setTimeout as delay } from "node:timers/promises";
import { type FaultProxy, startFaultProxy } from "../fault-proxy.ts";
import { LockClient } from "./lock-client.ts";
import { type LockVerdict, type PlayedTurn, verdictOn } from "./lock-race-verdict.ts";
import { LockRegister } from "./lock-register.ts";
import type { DescribeRequest } from "./lock-request.ts";
import { type Losses, lossyNetwork } from "./lossy-network.ts";
import { seededRandom } from "./seeded-random.ts";
import type { Turn } from "./turn.ts";

export interface LockRace {
  /** Where the storage listens. */
  readonly target: string;
  readonly describe: DescribeRequest;
  /** The program of a client, which calls `serveTurns`. */
  readonly program: string;
  /** What a client's driver is made of, to reach the storage through a proxy. */
  storageAt(endpoint: string): object;
  /** A directory with a little data. */
  readonly dataDir: string;
  readonly clients: number;
  readonly lockTtlMs: number;
  /** The race ends after so many milliseconds, as soon as it has seen enough: turns, deaths, sleeps and lost creations. */
  readonly durationMs: number;
  readonly seed: number;
}

export interface LockRaceResult extends LockVerdict {
  readonly losses: Readonly<Losses>;
  /** Whether it ended with enough turns, deaths, sleeps and lost creations to judge by. */
  readonly hasSeenEnough: boolean;
  /** For people. */
  readonly figures: string;
}

const RATES = { requests: 0.03, replies: 0.04, creations: 0.1 };
const DEATH_RATE = 0.08;
const SLEEP_RATE = 0.06;
/** How long a holder sleeps: others take over behind 1.25 × ttl. */
const SLEEP_TTLS = 1.6;
/** Of the turns: those that last long enough for renewals. */
const LONG_RATE = 0.15;
const ENOUGH = { turns: 20, deaths: 1, sleeps: 1, lostCreations: 2 };
/** Behind so many times its duration a race has not seen enough, and ends all the same. */
const MAX_OVERTIME = 8;

/**
 * Has processes contend for the lock by making backups, each behind a proxy of its own that loses requests and replies, while
 * some die in the middle of a turn and some are stopped for longer than they are believed. Judges what the storage saw.
 */
export async function runLockRace(race: LockRace): Promise<LockRaceResult> {
  const register = new LockRegister();
  const losses: Losses = { requests: 0, replies: 0 };
  const turns: PlayedTurn[] = [];
  const startedAt = performance.now();
  const isOver = () => {
    const elapsedMs = performance.now() - startedAt;
    return elapsedMs > race.durationMs * MAX_OVERTIME || (elapsedMs > race.durationMs && hasSeenEnough());
  };
  const hasSeenEnough = () => {
    const seen = verdictOn(turns, register.changes);
    return Object.entries(ENOUGH).every(([name, count]) => seen[name as keyof typeof ENOUGH] >= count);
  };
  const ends = await Promise.allSettled(
    Array.from({ length: race.clients }, async (_, client) => {
      const random = seededRandom(race.seed + client);
      const proxy = await startFaultProxy({ target: race.target });
      const network = { describe: race.describe, register, rates: RATES, random, client, losses };
      proxy.inject({ match: () => true, fault: lossyNetwork(network) });
      try {
        await contend(race, { client, proxy, random, turns, isOver });
      } finally {
        await proxy.close();
      }
    }),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  const verdict = verdictOn(turns, register.changes);
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  return { ...verdict, losses, hasSeenEnough: hasSeenEnough(), figures: describeRace(race, verdict, losses, seconds) };
}

interface Contender {
  readonly client: number;
  readonly proxy: FaultProxy;
  readonly random: () => number;
  readonly turns: PlayedTurn[];
  isOver(): boolean;
}

/** Takes one turn after the other, and starts another process for one that died. */
async function contend(race: LockRace, { client, proxy, random, turns, isOver }: Contender): Promise<void> {
  const { dataDir, lockTtlMs, program } = race;
  const storage = race.storageAt(proxy.endpoint);
  const start = () => LockClient.start(program, { host: `host-${client}`, dataDir, lockTtlMs, storage });
  let process = await start();
  try {
    for (let count = 0; !isOver(); count++) {
      const { turn, sleeps } = planTurn(`client-${client}-${count}.zip`, random, lockTtlMs);
      const orderedAt = performance.now();
      const report = await process.take(turn, () => sleeps && sleep(process, lockTtlMs));
      turns.push({ ...report, client, name: turn.name, sleeps, orderedAt, settledAt: performance.now(), lockTtlMs });
      if (report.outcome === "died") process = await start();
      await delay(random() * 30);
    }
    await process.stop();
  } finally {
    await process.kill();
  }
}

function planTurn(name: string, random: () => number, ttlMs: number): { turn: Turn; sleeps: boolean } {
  const fate = random();
  if (fate < DEATH_RATE) return { turn: { name, holdMs: 10 * random(), dies: true }, sleeps: false };
  const sleeps = fate < DEATH_RATE + SLEEP_RATE;
  if (sleeps) return { turn: { name, holdMs: Number.POSITIVE_INFINITY }, sleeps };
  const isLong = random() < LONG_RATE;
  return { turn: { name, holdMs: isLong ? (0.4 + 0.6 * random()) * ttlMs : 10 * random() }, sleeps };
}

/** Stops a process in the middle of its turn. The word to go on lies ready when it wakes. */
async function sleep(process: LockClient, ttlMs: number): Promise<void> {
  await process.freeze();
  await delay(SLEEP_TTLS * ttlMs);
  process.goOn();
  process.thaw();
}

function describeRace(race: LockRace, verdict: LockVerdict, losses: Losses, seconds: number): string {
  return [
    `${verdict.turns} turns of ${race.clients} processes in ${seconds} s (ttl ${race.lockTtlMs} ms)`,
    `${verdict.deaths} holders killed, ${verdict.sleeps} stopped for ${SLEEP_TTLS} × ttl`,
    `${losses.requests} requests and ${losses.replies} replies lost`,
    `${verdict.renewals} renewals`,
    `${verdict.lostCreations} winning creations whose reply was lost, ${verdict.knownAgain} of them known again`,
    `${verdict.overlaps.length} overlaps, ${verdict.falls} tokens that did not rise, ${verdict.orphans.length} orphans, ${verdict.doneLate} perhaps done too late to release`,
    `ends: ${[...verdict.outcomes].map(([outcome, count]) => `${count} × ${outcome}`).join(", ")}`,
    `seed ${race.seed}`,
  ].join("; ");
}
