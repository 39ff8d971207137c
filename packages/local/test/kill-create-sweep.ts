import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { BackupManager } from "@stowage/core";
import { localFilesystem } from "../src/index.ts";
import { type KillOrder, type KillReport, LOCK_TTL_MS } from "./kill-create-child.ts";

const ORDERS_PER_CHILD = 60;
const ENTRIES = ["data.db", "uploads/", "uploads/picture"];
const [OLDER, KILLED, NEXT] = ["older.zip", "killed.zip", "next.zip"];

export interface KillFigures {
  /** Creates that a SIGKILL ended. */
  killed: number;
  children: number;
  /** How often the archive of the killed create was there, and complete. */
  listed: number;
  /** Hidden files that killed creates left, all gone after the next start. */
  leftovers: number;
  readonly bad: string[];
}

/** Kills a create before and after every call of the driver's disk, or each `stride`th of these, and looks what is there. */
export async function killCreates(scratch: string, { stride }: { stride: number }): Promise<KillFigures> {
  const figures: KillFigures = { killed: 0, children: 0, listed: 0, leftovers: 0, bad: [] };
  const dataDir = join(scratch, "data");
  await mkdir(join(dataDir, "uploads"), { recursive: true });
  await writeFile(join(dataDir, "data.db"), "a database\n".repeat(1_000));
  await writeFile(join(dataDir, "uploads", "picture"), Buffer.from(Array.from({ length: 200_000 }, noise)));
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

/** Bytes that do not compress, the same in every run. */
function noise(_: unknown, index: number): number {
  return Math.floor(Math.abs(Math.sin(index) * 1e6)) & 0xff;
}

async function obey(orders: readonly KillOrder[]): Promise<KillReport[]> {
  const program = [join(import.meta.dirname, "child.mjs"), join(import.meta.dirname, "kill-create-child.ts")];
  const child = spawn(process.execPath, [...program, JSON.stringify(orders)], { stdio: ["ignore", "pipe", "inherit"] });
  const [output, [code, signal]] = await Promise.all([text(child.stdout), once(child, "close")]);
  const reports = JSON.parse(output) as KillReport[];
  if (reports.some(({ isKilled }) => isKilled) ? signal !== "SIGKILL" : code !== 0) {
    throw new Error(`the child ended by ${code ?? signal}`);
  }
  return reports;
}

async function judge(order: KillOrder, report: KillReport | undefined, figures: KillFigures): Promise<void> {
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

/** Starts anew, checks all that is there, and creates. Returns whether the archive of the killed create is listed. */
async function goesOn(order: KillOrder): Promise<boolean> {
  await using manager = managerOf(order);
  const keys = await verifiedKeys(manager);
  const isListed = keys.includes(KILLED);
  if (!isSame(keys, isListed ? [KILLED, OLDER] : [OLDER])) throw new Error(`listed: ${keys}`);
  const left = temporaryOnes(await readdir(order.directory));
  if (left.length > 0) throw new Error(`left behind: ${left}`);
  await manager.create({ name: isListed ? NEXT : KILLED }); // would wait for ten minutes if the dead holder were believed
  const after = await verifiedKeys(manager);
  if (!isSame(after, isListed ? [KILLED, NEXT, OLDER] : [KILLED, OLDER])) throw new Error(`then listed: ${after}`);
  const hidden = (await readdir(order.directory)).filter((name) => !/\.zip$|^\.stowage-lock\.\d{16}$/.test(name));
  const inData = (await readdir(order.dataDir)).filter((name) => name !== "data.db" && name !== "uploads");
  if (hidden.length + inData.length > 0) throw new Error(`left behind: ${[...hidden, ...inData]}`);
  return isListed;
}

async function verifiedKeys(manager: BackupManager): Promise<string[]> {
  const keys = (await manager.list()).map(({ key }) => key).sort();
  for (const key of keys) {
    await manager.verify(key);
    const names = (await manager.entries(key)).map(({ name }) => name);
    if (!isSame(names.sort(), ENTRIES)) throw new Error(`${key} holds ${names}`);
  }
  return keys;
}

function managerOf({ dataDir, directory }: Pick<KillOrder, "dataDir" | "directory">): BackupManager {
  return new BackupManager({ dataDir, filesystem: localFilesystem({ directory }), lockTtlMs: LOCK_TTL_MS });
}

function temporaryOnes(names: readonly string[]): string[] {
  return names.filter((name) => name.startsWith(".stowage-tmp-"));
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
