import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { BackupManager } from "@stowage/core";
import {
  goOnAfterKill,
  KILL_LOCK_TTL_MS,
  KILLED,
  type KillFigures,
  OLDER,
  writeDataToKill,
} from "@stowage/test-kit/kill";
import { sourceProgram } from "@stowage/test-kit/program";
import { localFilesystem } from "../src/index.ts";
import type { KillOrder, KillReport } from "./kill-create-child.ts";

const ORDERS_PER_CHILD = 60;

/** Requests are no part of it: the kills come at calls of the disk. Leftovers are hidden files, all gone after the next start. */
type LocalKillFigures = Omit<KillFigures, "requests">;

/** Kills a create before and after every call of the driver's disk, or each `stride`th of these, and looks what is there. */
export async function killCreates(scratch: string, { stride }: { stride: number }): Promise<LocalKillFigures> {
  const figures: LocalKillFigures = { killed: 0, children: 0, listed: 0, leftovers: 0, bad: [] };
  const dataDir = join(scratch, "data");
  await writeDataToKill(dataDir, 200_000);
  const template = join(scratch, "template");
  await managerOf({ dataDir, directory: template }).create({ name: OLDER });

  const orderFor = async (point: Pick<KillOrder, "killAt" | "killWhen">, index: number) => {
    const directory = join(scratch, `${index}`);
    await cp(template, directory, { recursive: true });
    return { ...point, dataDir, directory, name: KILLED };
  };
  const [whole] = await obey([await orderFor({ killAt: 0, killWhen: "before" }, -1)]);
  const numbers = Array.from({ length: whole?.calls ?? 0 }, (_, index) => index + 1);
  const points = numbers.flatMap((killAt) => WHENS.map((killWhen) => ({ killAt, killWhen })));
  const orders = await Promise.all(points.filter((_, index) => index % stride === 0).map(orderFor));
  for (let start = 0; start < orders.length; start += ORDERS_PER_CHILD) {
    const some = orders.slice(start, start + ORDERS_PER_CHILD);
    const reports = await obey(some);
    figures.children++;
    for (const [index, order] of some.entries()) await judge(order, reports[index], figures);
  }
  return figures;
}

const WHENS = ["before", "after"] as const;

async function obey(orders: readonly KillOrder[]): Promise<KillReport[]> {
  const program = sourceProgram(join(import.meta.dirname, "kill-create-child.ts"), JSON.stringify(orders));
  const child = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, "close")]);
  const reports = JSON.parse(output) as KillReport[];
  if (reports.some(({ isKilled }) => isKilled) ? signal !== "SIGKILL" : code !== 0) {
    throw new Error(`the child ended by ${code ?? signal}`);
  }
  return reports;
}

async function judge(order: KillOrder, report: KillReport | undefined, figures: LocalKillFigures): Promise<void> {
  if (report?.isKilled) figures.killed++;
  try {
    figures.leftovers += temporaryOnes(await readdir(order.directory)).length;
    const isListed = await goesOn(order);
    if (isListed) figures.listed++;
    if (!report?.isKilled && !isListed) throw new Error("a create that ran through is not listed");
  } catch (error) {
    figures.bad.push(`killed ${order.killWhen} call ${order.killAt}: ${String(error)}`);
  }
}

/** Starts anew. Returns whether the archive of the killed create is listed. Throws if something is lost, or left behind. */
async function goesOn(order: KillOrder): Promise<boolean> {
  await using manager = managerOf(order);
  const isListed = await goOnAfterKill(manager, async () => {
    const left = temporaryOnes(await readdir(order.directory));
    if (left.length > 0) throw new Error(`left behind: ${left}`);
  });
  const hidden = (await readdir(order.directory)).filter((name) => !/\.zip$|^\.stowage-lock\.\d{16}$/.test(name));
  const inData = (await readdir(order.dataDir)).filter((name) => name !== "data.db" && name !== "uploads");
  if (hidden.length + inData.length > 0) throw new Error(`left behind: ${[...hidden, ...inData]}`);
  return isListed;
}

function managerOf({ dataDir, directory }: Pick<KillOrder, "dataDir" | "directory">): BackupManager {
  return new BackupManager({ dataDir, filesystem: localFilesystem({ directory }), lockTtlMs: KILL_LOCK_TTL_MS });
}

function temporaryOnes(names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith(".stowage-tmp-"));
}
