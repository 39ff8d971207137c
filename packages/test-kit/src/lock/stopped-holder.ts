import { setTimeout as delay } from "node:timers/promises";
import { type FaultProxy, startFaultProxy } from "../fault-proxy.ts";
import type { Fault } from "../faults.ts";
import type { RecordedRequest } from "../recorded-request.ts";
import { LockClient } from "./lock-client.ts";
import { type DescribeRequest, isMutation, type LockRequest } from "./lock-request.ts";
import type { TurnReport } from "./turn.ts";

export interface StoppedHolder {
  readonly server: { readonly requests: readonly RecordedRequest[] };
  /** Where the server listens. */
  readonly target: string;
  readonly describe: DescribeRequest;
  /** The program of a client, which calls `serveTurns`. */
  readonly program: string;
  /** What a client's driver is made of, to reach the server through a proxy. */
  storageAt(endpoint: string): object;
  readonly dataDir: string;
  readonly lockTtlMs: number;
  /** The request at which the holder is stopped, known by those before it. In its hook when left out. */
  stopAt?(request: LockRequest, earlier: readonly LockRequest[]): boolean;
}

export interface StoppedHolderResult {
  /** How the holder's backup ended, "done" or a code. */
  readonly outcome: string;
  /** The storage saw so many requests of the holder after it woke. */
  readonly requestsAwake: number;
  /** Those of them that could change what others see. */
  readonly mutations: readonly LockRequest[];
}

/** The names of the archives of the holder that is stopped, and of the one that takes over. */
export const SLEEPER = "sleeper.zip";
export const SUCCESSOR = "successor.zip";
const STOPPED_TTLS = 3;

/**
 * Stops a process that holds the lock (SIGSTOP), lets another one take the lock over and make its backup, and wakes the first
 * one after 3 × ttl. The reply that it waits for, or the word to go on, lies ready when it wakes.
 */
export async function runStoppedHolder(plan: StoppedHolder): Promise<StoppedHolderResult> {
  const { dataDir, lockTtlMs, program, target } = plan;
  const proxy = await startFaultProxy({ target });
  const start = (host: string, endpoint: string) =>
    LockClient.start(program, { host, dataDir, lockTtlMs, storage: plan.storageAt(endpoint) });
  const [sleeper, successor] = await Promise.all([start("sleeper", proxy.endpoint), start("successor", target)]);
  const gate = makeGate();
  try {
    const turn = await holdUntilStop(plan, sleeper, { proxy, gate });
    await sleeper.freeze();
    await Promise.all([takeOver(successor), delay(STOPPED_TTLS * lockTtlMs)]);
    const seen = plan.server.requests.length;
    if (!plan.stopAt) sleeper.goOn();
    gate.open();
    sleeper.thaw();
    const { outcome } = await turn.report;
    const awake = plan.server.requests.slice(seen).map(plan.describe);
    return { outcome, requestsAwake: awake.length, mutations: awake.filter(isMutation) };
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
  { describe, stopAt }: StoppedHolder,
  sleeper: LockClient,
  { proxy, gate }: { proxy: FaultProxy; gate: Gate },
): Promise<{ report: Promise<TurnReport> }> {
  const holdMs = stopAt ? 0 : Number.POSITIVE_INFINITY;
  for (;;) {
    proxy.clear();
    const match = (request: RecordedRequest) =>
      stopAt?.(describe(request), proxy.requests.slice(0, -1).map(describe)) ?? false;
    proxy.inject({ match, fault: keepReply(gate), times: 1 });
    const report = sleeper.take({ name: SLEEPER, holdMs }, stopAt ? undefined : gate.arrive);
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
