import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFaultProxy } from "../proxy/fault-proxy.ts";
import type { BackupsToKill } from "./backups-to-kill.ts";
import { goOnAfterKill, KILLED, OLDER, writeDataToKill } from "./go-on-after-kill.ts";
import { runVictims, type Victim, type VictimServer } from "./kill-victims.ts";
import type { DeathPoint } from "./request-gate.ts";

interface KillPlan<Server extends VictimServer> {
  /** A TypeScript program: its `main(orders)` runs {@link obeyKillOrders}. */
  readonly program: string;
  /** Bytes of the data directory: enough for some parts. */
  readonly dataSize: number;
  start(): Promise<Server>;
  /** Where the server listens. */
  targetOf(server: Server): string;
  /** What the driver is made of, to reach the server at `endpoint`. */
  storageAt(server: Server, endpoint: string): object;
  open(storage: object, dataDir: string): BackupsToKill;
  /** Looks for what the killed create left, after others went on. Returns how much. Throws if some of it never goes. */
  leftovers(server: Server): Promise<number>;
}

export interface KillFigures {
  /** Creates that a SIGKILL ended. */
  killed: number;
  /** Requests of a create that nobody disturbs. */
  requests: number;
  children: number;
  /** How often the archive of the killed create was there, and complete. */
  listed: number;
  leftovers: number;
  readonly bad: string[];
}

const VICTIMS_PER_CHILD = 30;

/** Kills a create before and after every request, in a process of its own, and looks what is in the storage. */
export async function killCreates<Server extends VictimServer>(plan: KillPlan<Server>): Promise<KillFigures> {
  const figures: KillFigures = { killed: 0, requests: 0, children: 0, listed: 0, leftovers: 0, bad: [] };
  const dataDir = await mkdtemp(join(tmpdir(), "stowage-kill-"));
  try {
    await writeDataToKill(dataDir, plan.dataSize);
    figures.requests = await countRequests(plan, dataDir);
    const points = pointsOf(figures.requests);
    for (let start = 0; start < points.length; start += VICTIMS_PER_CHILD) {
      await killSome(plan, { dataDir, figures, points: points.slice(start, start + VICTIMS_PER_CHILD) });
    }
  } finally {
    await rm(dataDir, { recursive: true });
  }
  return figures;
}

/** Counts those of a create that runs through. */
async function countRequests<Server extends VictimServer>(plan: KillPlan<Server>, dataDir: string): Promise<number> {
  const server = await startWithBackup(plan, dataDir);
  const proxy = await startFaultProxy({ target: plan.targetOf(server) });
  try {
    await using manager = plan.open(plan.storageAt(server, proxy.endpoint), dataDir);
    await manager.create({ name: KILLED });
    return proxy.requests.length;
  } finally {
    await proxy.close();
    await server.close();
  }
}

function pointsOf(requests: number): DeathPoint[] {
  const numbers = Array.from({ length: requests }, (_, index) => index + 1);
  return numbers.flatMap((killAt) => [
    { killAt, killWhen: "before" },
    { killAt, killWhen: "after" },
  ]);
}

async function startWithBackup<Server extends VictimServer>(plan: KillPlan<Server>, dataDir: string): Promise<Server> {
  const server = await plan.start();
  await using manager = plan.open(plan.storageAt(server, plan.targetOf(server)), dataDir);
  await manager.create({ name: OLDER });
  return server;
}

async function killSome<Server extends VictimServer>(
  plan: KillPlan<Server>,
  { dataDir, figures, points }: { dataDir: string; figures: KillFigures; points: readonly DeathPoint[] },
): Promise<void> {
  const prepare = async () => {
    const server = await startWithBackup(plan, dataDir);
    return { server, target: plan.targetOf(server) };
  };
  const settingsAt = (server: Server, endpoint: string) => {
    return { dataDir, name: KILLED, storage: plan.storageAt(server, endpoint) };
  };
  figures.children++;
  await runVictims({ program: plan.program, points, prepare, settingsAt }, async (victim) => {
    if (victim.isKilled) figures.killed++;
    await judge(plan, { victim, dataDir, figures });
  });
}

async function judge<Server extends VictimServer>(
  plan: KillPlan<Server>,
  { victim, dataDir, figures }: { victim: Victim<Server>; dataDir: string; figures: KillFigures },
): Promise<void> {
  const { isKilled, point, server } = victim;
  try {
    await using manager = plan.open(plan.storageAt(server, plan.targetOf(server)), dataDir);
    const isListed = await goOnAfterKill(manager);
    if (isListed) figures.listed++;
    if (!isKilled && !isListed) throw new Error("a create that ran through is not listed");
    figures.leftovers += await plan.leftovers(server);
  } catch (error) {
    figures.bad.push(`killed ${point.killWhen} request ${point.killAt}: ${String(error)}`);
  }
}
