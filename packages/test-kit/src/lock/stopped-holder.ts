import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { type FaultProxy, startFaultProxy } from "../proxy/fault-proxy.ts";
import type { Fault } from "../proxy/faults.ts";
import type { RecordedRequest } from "../server/recorded-request.ts";
import { LockClient } from "./lock-client.ts";
import { isMutation, type LockRequest } from "./lock-request.ts";
import type { LockStorage } from "./lock-storage.ts";
import type { TurnReport } from "./turn.ts";
import { withData } from "./with-data.ts";

/** Where a holder of the lock is stopped. */
export interface HolderStop {
  /** For people: "before it reads the data". */
  readonly where: string;
  /** Bytes that it backs up. */
  readonly dataSize: number;
  /** The request at which it is stopped, known by those before it. In its hook when left out. */
  readonly at?: (request: LockRequest, earlier: readonly LockRequest[]) => boolean;
}

export interface StoppedHolderResult {
  /** How the holder's backup ended, "done" or a code. */
  readonly outcome: string;
  /** The requests of the holder, after it woke, that could change what others see. */
  readonly mutations: readonly LockRequest[];
  /** The archives that are there in the end. */
  readonly archives: readonly string[];
  /** For people. */
  readonly figures: string;
}

/** The archive of the process that takes over. */
export const SUCCESSOR = "successor.zip";
const SLEEPER = "sleeper.zip";
const LOCK_TTL_MS = 3_000;
const STOPPED_TTLS = 3;

/** Matches the first list that a holder asks for behind the one by which it took the lock. */
export function isConfirmation({ kind }: LockRequest, earlier: readonly LockRequest[]): boolean {
  return kind === "list" && earlier.some((request) => request.kind === "create");
}

/** Stops holders at all these places at once, each with a storage of its own. */
export async function stopHolders(
  startStorage: () => Promise<LockStorage>,
  stops: readonly HolderStop[],
): Promise<StoppedHolderResult[]> {
  const results = await Promise.allSettled(
    stops.map(async (stop) => {
      const storage = await startStorage();
      return withData(randomBytes(stop.dataSize), (dataDir) => stopHolder(storage, stop, dataDir));
    }),
  );
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

/**
 * Stops a process that holds the lock (SIGSTOP), lets another one take the lock over and make its backup, and wakes the first
 * one after 3 × ttl. The reply that it waits for, or the word to go on, lies ready when it wakes.
 */
async function stopHolder(storage: LockStorage, stop: HolderStop, dataDir: string): Promise<StoppedHolderResult> {
  const { program, target } = storage;
  const proxy = await startFaultProxy({ target });
  const start = (host: string, endpoint: string) =>
    LockClient.start(program, { host, dataDir, lockTtlMs: LOCK_TTL_MS, storage: storage.storageAt(endpoint) });
  const [sleeper, successor] = await Promise.all([start("sleeper", proxy.endpoint), start("successor", target)]);
  const gate = makeGate();
  try {
    const turn = await holdUntilStop(storage, stop, { sleeper, proxy, gate });
    await sleeper.freeze();
    await Promise.all([takeOver(successor), delay(STOPPED_TTLS * LOCK_TTL_MS)]);
    const seen = storage.requests.length;
    if (!stop.at) sleeper.goOn();
    gate.open();
    sleeper.thaw();
    const { outcome } = await turn.report;
    const awake = storage.requests.slice(seen).map(storage.describe);
    const mutations = awake.filter(isMutation);
    const archives = storage.keys().filter((key) => key.endsWith(".zip"));
    const requests = `${awake.length} requests, ${mutations.length} of them mutations`;
    return { outcome, mutations, archives, figures: `${stop.where}: ${outcome}; after it woke: ${requests}` };
  } finally {
    await Promise.all([sleeper.kill(), successor.kill()]);
    await proxy.close();
  }
}

/**
 * Has the holder make its backup, and resolves when it is where it has to be stopped. A machine that is too busy to renew has
 * it try again.
 */
async function holdUntilStop(
  { describe }: LockStorage,
  { at }: HolderStop,
  { sleeper, proxy, gate }: { sleeper: LockClient; proxy: FaultProxy; gate: Gate },
): Promise<{ report: Promise<TurnReport> }> {
  const holdMs = at ? 0 : Number.POSITIVE_INFINITY;
  for (;;) {
    proxy.clear();
    const match = (request: RecordedRequest) =>
      at?.(describe(request), proxy.requests.slice(0, -1).map(describe)) ?? false;
    proxy.inject({ match, fault: keepReply(gate), times: 1 });
    const report = sleeper.take({ name: SLEEPER, holdMs }, at ? undefined : gate.arrive);
    const early = await Promise.race([gate.arrived, report]);
    if (!early) return { report };
    if (early.outcome !== "LOCK_LOST") throw new Error(`the holder ended with ${early.outcome} before it was stopped`);
  }
}

/** Makes a backup as soon as the lock can be had, and ends. A machine that is too busy to renew has it try again. */
async function takeOver(successor: LockClient): Promise<void> {
  for (;;) {
    const { outcome } = await successor.take({ name: SUCCESSOR, holdMs: 0 });
    if (outcome === "done") return successor.stop();
    if (outcome !== "BUSY" && outcome !== "LOCK_LOST") throw new Error(`the successor ended with ${outcome}`);
  }
}

interface Gate {
  readonly arrived: Promise<void>;
  readonly opened: Promise<void>;
  arrive(): void;
  open(): void;
}

function makeGate(): Gate {
  let arrive = () => {};
  let open = () => {};
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { arrived, opened, arrive, open };
}

/** Lets the server answer, says so, and keeps the answer until the gate opens. */
function keepReply({ arrive, opened }: Gate): Fault {
  return async (exchange) => {
    const chunks: Buffer[] = [];
    const answer = await exchange.forward();
    for await (const chunk of answer) chunks.push(chunk);
    arrive();
    await opened;
    exchange.writeHead(answer);
    exchange.response.end(Buffer.concat(chunks));
  };
}
