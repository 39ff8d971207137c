import { setTimeout as delay } from "node:timers/promises";
import { type FaultProxy, startFaultProxy } from "../proxy/fault-proxy.ts";
import { SeededRandom } from "../seeded-random.ts";
import { LockClient } from "./lock-client.ts";
import { type LockVerdict, type PlayedTurn, verdictOn } from "./lock-race-verdict.ts";
import { LockRegister } from "./lock-register.ts";
import type { LockStorage } from "./lock-storage.ts";
import { type Losses, lossyNetwork } from "./lossy-network.ts";
import type { Turn } from "./turn.ts";
import { withData } from "./with-data.ts";

interface LockRace extends LockStorage {
  /** A directory with a little data. */
  readonly dataDir: string;
}

export interface LockRaceResult extends LockVerdict {
  readonly losses: Readonly<Losses>;
  /** Whether it ended with enough turns, deaths, sleeps and lost creations to judge by. */
  readonly hasSeenEnough: boolean;
  /** For people. */
  readonly figures: string;
}

const CLIENTS = 8;
const LOCK_TTL_MS = 2_000;
/** The race ends after so many milliseconds, as soon as it has seen enough: turns, deaths, sleeps and lost creations. */
const DURATION_MS = 18_000;
const SEED = 20_261_122;
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
 * Has eight processes contend for the lock by making backups, each behind a proxy of its own that loses requests and replies,
 * while some die in the middle of a turn and some are stopped for longer than they are believed. Judges what the storage saw.
 */
export function runLockRace(storage: LockStorage): Promise<LockRaceResult> {
  return withData("a database", (dataDir) => raceFor({ ...storage, dataDir }));
}

async function raceFor(race: LockRace): Promise<LockRaceResult> {
  const register = new LockRegister();
  const losses: Losses = { requests: 0, replies: 0 };
  const turns: PlayedTurn[] = [];
  const startedAt = performance.now();
  const isOver = () => {
    const elapsedMs = performance.now() - startedAt;
    return elapsedMs > DURATION_MS * MAX_OVERTIME || (elapsedMs > DURATION_MS && hasSeenEnough());
  };
  const hasSeenEnough = () => {
    const seen = verdictOn(turns, register.changes);
    return Object.entries(ENOUGH).every(([name, count]) => seen[name as keyof typeof ENOUGH] >= count);
  };
  const ends = await Promise.allSettled(
    Array.from({ length: CLIENTS }, async (_, client) => {
      const random = new SeededRandom(SEED + client);
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
  return { ...verdict, losses, hasSeenEnough: hasSeenEnough(), figures: describeRace(verdict, losses, seconds) };
}

interface Contender {
  readonly client: number;
  readonly proxy: FaultProxy;
  readonly random: SeededRandom;
  readonly turns: PlayedTurn[];
  isOver(): boolean;
}

/** Takes one turn after the other, and starts another process for one that died. */
async function contend(race: LockRace, { client, proxy, random, turns, isOver }: Contender): Promise<void> {
  const { dataDir, program } = race;
  const lockTtlMs = LOCK_TTL_MS;
  const storage = race.storageAt(proxy.endpoint);
  const start = () => LockClient.start(program, { host: `host-${client}`, dataDir, lockTtlMs, storage });
  let process = await start();
  try {
    for (let count = 0; !isOver(); count++) {
      const { turn, sleeps } = planTurn(`client-${client}-${count}.zip`, random);
      const orderedAt = performance.now();
      const report = await process.take(turn, () => sleeps && sleep(process));
      turns.push({ ...report, client, name: turn.name, sleeps, orderedAt, settledAt: performance.now(), lockTtlMs });
      if (report.outcome === "died") process = await start();
      await delay(random.next() * 30);
    }
    await process.stop();
  } finally {
    await process.kill();
  }
}

function planTurn(name: string, random: SeededRandom): { turn: Turn; sleeps: boolean } {
  const fate = random.next();
  if (fate < DEATH_RATE) return { turn: { name, holdMs: 10 * random.next(), dies: true }, sleeps: false };
  const sleeps = fate < DEATH_RATE + SLEEP_RATE;
  if (sleeps) return { turn: { name, holdMs: Number.POSITIVE_INFINITY }, sleeps };
  const isLong = random.next() < LONG_RATE;
  return { turn: { name, holdMs: isLong ? (0.4 + 0.6 * random.next()) * LOCK_TTL_MS : 10 * random.next() }, sleeps };
}

/** Stops a process in the middle of its turn. The word to go on lies ready when it wakes. */
async function sleep(process: LockClient): Promise<void> {
  await process.freeze();
  await delay(SLEEP_TTLS * LOCK_TTL_MS);
  process.goOn();
  process.thaw();
}

function describeRace(verdict: LockVerdict, losses: Losses, seconds: number): string {
  return [
    `${verdict.turns} turns of ${CLIENTS} processes in ${seconds} s (ttl ${LOCK_TTL_MS} ms)`,
    `${verdict.deaths} holders killed, ${verdict.sleeps} stopped for ${SLEEP_TTLS} × ttl`,
    `${losses.requests} requests and ${losses.replies} replies lost`,
    `${verdict.renewals} renewals`,
    `${verdict.lostCreations} winning creations whose reply was lost, ${verdict.knownAgain} of them known again`,
    `${verdict.overlaps.length} overlaps, ${verdict.falls} tokens that did not rise, ${verdict.orphans.length} orphans, ${verdict.doneLate} perhaps done too late to release`,
    `ends: ${[...verdict.outcomes].map(([outcome, count]) => `${count} × ${outcome}`).join(", ")}`,
    `seed ${SEED}`,
  ].join("; ");
}
