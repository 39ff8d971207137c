import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { sourceProgram } from "../program/source-program.ts";
import { startFaultProxy } from "../proxy/fault-proxy.ts";
import type { KillOrder } from "./obey-kill-orders.ts";
import { type DeathPoint, RequestGate } from "./request-gate.ts";

export interface VictimServer {
  close(): Promise<void>;
}

/** A create that was killed, with the server that holds what it left. */
export interface Victim<Server> {
  readonly server: Server;
  readonly point: DeathPoint;
  /** If not, the create ran through before. */
  readonly isKilled: boolean;
}

export interface Victims<Server> {
  readonly program: string;
  readonly points: readonly DeathPoint[];
  /** Starts a server for one of them. */
  prepare(): Promise<{ server: Server; target: string }>;
  settingsAt(server: Server, endpoint: string): KillOrder;
}

/**
 * Has one process make all the creates at once, each against a server of its own through a proxy of its own. When each has
 * come to its point or to its end, the process is killed (SIGKILL). Hands them over one after the other.
 */
export async function runVictims<Server extends VictimServer>(
  plan: Victims<Server>,
  onKilled: (victim: Victim<Server>) => Promise<void>,
): Promise<void> {
  const opened: { close(): Promise<void> }[] = [];
  try {
    const cells = await Promise.all(plan.points.map((point) => prepareCell(plan, point, opened)));
    const done = await killWhenClosed(plan.program, cells);
    for (const [index, { server, point }] of cells.entries()) {
      await onKilled({ server, point, isKilled: !done.has(index) });
    }
  } finally {
    for (const one of opened.reverse()) await one.close();
  }
}

/** Where one create runs and dies. */
interface Cell<Server> {
  readonly server: Server;
  readonly point: DeathPoint;
  readonly gate: RequestGate;
  readonly order: KillOrder;
}

async function prepareCell<Server extends VictimServer>(
  { prepare, settingsAt }: Victims<Server>,
  point: DeathPoint,
  opened: { close(): Promise<void> }[],
): Promise<Cell<Server>> {
  const { server, target } = await prepare();
  opened.push(server);
  const proxy = await startFaultProxy({ target });
  opened.push(proxy);
  const gate = new RequestGate(point);
  proxy.inject({ match: () => true, fault: gate.fault });
  return { server, point, gate, order: settingsAt(server, proxy.endpoint) };
}

/** Returns those that ran through. */
async function killWhenClosed(
  program: string,
  cells: readonly Pick<Cell<unknown>, "order" | "gate">[],
): Promise<Set<number>> {
  const orders = JSON.stringify(cells.map(({ order }) => order));
  const child = spawn(process.execPath, sourceProgram(program, orders), { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const done = new Set<number>();
  const ends = listenForEnds(child, cells.length, done);
  const all = Promise.all(cells.map(({ gate }, index) => Promise.race([gate.closed, ends[index]])));
  try {
    await Promise.race([all, exited.then(failEarly)]);
  } finally {
    child.kill("SIGKILL");
    await exited;
  }
  return done;
}

/** A promise for each create, that resolves when the child says that it ran through. */
function listenForEnds(child: ChildProcess, count: number, done: Set<number>): Promise<void>[] {
  const resolvers: (() => void)[] = [];
  const ends = Array.from({ length: count }, () => new Promise<void>((resolve) => resolvers.push(resolve)));
  if (!child.stdout) return ends;
  createInterface({ input: child.stdout }).on("line", (line) => {
    done.add(Number(line));
    resolvers[Number(line)]?.();
  });
  return ends;
}

function failEarly([code, signal]: unknown[]): never {
  throw new Error(`the child ended by ${code ?? signal} before it was killed`);
}
