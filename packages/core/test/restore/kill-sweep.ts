import { execFileSync, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { MemoryDriver } from "@stowage/memory";
import type { Tree } from "@stowage/test-kit/tree";
import type { Disk } from "../../src/disk/disk.ts";
import { BackupManager, Filesystem } from "../../src/index.ts";
import { needsRecovery, recover } from "../../src/restore/recover.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { lookAt, writeLook } from "../special-tree.ts";
import type { KillReport } from "./kill-child.ts";
import { type KillOrder, withMountsOf } from "./kill-order.ts";
import { assertFound, contentOf } from "./power-cut-verdict.ts";
import type { Scenario } from "./scenarios.ts";

const ORDERS_PER_CHILD = 40;
const CHILDREN_AT_ONCE = 2;

export interface KillFigures {
  /** Operations that a SIGKILL ended. */
  runs: number;
  children: number;
  old: number;
  new: number;
  readonly bad: string[];
}

/** Kills restores at their disk calls, recovers, and looks what is there. */
export class KillSweep {
  readonly figures: KillFigures = { runs: 0, children: 0, old: 0, new: 0, bad: [] };
  readonly #scenario: Scenario;
  readonly #child: string;
  readonly #directory: string;
  #directories = 0;

  /** `child` is the bundled child process, `directory` an empty directory of the sweep. */
  constructor(scenario: Scenario, { child, directory }: { child: string; directory: string }) {
    this.#scenario = scenario;
    this.#child = child;
    this.#directory = directory;
  }

  /**
   * Kills a restore before and after every call, or at each `restoreStride`th of these points, and the recovery that follows too, at
   * each `stride`th.
   */
  async run({ stride, restoreStride = 1 }: { stride: number; restoreStride?: number }): Promise<KillFigures> {
    await mkdir(this.#directory, { recursive: true });
    await writeFile(this.#archive, await archiveOf(this.#scenario, join(this.#directory, "source")));
    const { afterwards } = this.#scenario;
    await this.#sweep("restore", () => this.#fresh(), { stride, killStride: restoreStride });
    if (afterwards) {
      const restored = await this.#restored();
      await this.#sweep(afterwards, () => this.#copy(restored), { stride, killStride: restoreStride });
    }
    return this.figures;
  }

  async #sweep(
    action: KillOrder["action"],
    prepare: () => Promise<string>,
    { stride, killStride }: { stride: number; killStride: number },
  ): Promise<void> {
    const [whole] = await this.#obey([this.#order({ action, dataDir: await prepare() })]);
    const points = pointsOf(whole?.calls ?? 0).filter((_, index) => index % killStride === 0);
    const killed = await this.#kill(points.map((point) => ({ ...point, action, prepare })));
    const distinct = new Map<string, Victim>();
    for (const victim of killed) distinct.set(await fingerprint(victim.dataDir), victim);
    const again = await this.#kill(await this.#recoveriesOf([...distinct.values()], stride));
    for (const victim of [...killed, ...again]) await this.#judge(victim);
  }

  /** Every point at which a recovery from one of these states can be killed, or each `stride`th of them. */
  async #recoveriesOf(victims: readonly Victim[], stride: number): Promise<Kill[]> {
    const kills: Kill[] = [];
    for (const first of victims) {
      const prepare = () => this.#copy(first.dataDir);
      const dataDir = await prepare();
      const counting = faultyDisk(this.#disk(dataDir));
      await recover(dataDir, { disk: counting.disk });
      await rm(dataDir, { recursive: true, force: true });
      // Killed after a call or before the next one is the same to the disk: one of the two at each call, in turn.
      const points = pointsOf(counting.calls.length).filter((_, index) => index % 4 === 0 || index % 4 === 3);
      for (const point of points) kills.push({ ...point, action: "recover", prepare, first });
    }
    return kills.filter((_, index) => index % stride === 0);
  }

  async #kill(kills: readonly Kill[]): Promise<Victim[]> {
    const orders: KillOrder[] = [];
    for (const { action, killAt, killWhen, prepare } of kills) {
      orders.push(this.#order({ action, killAt, killWhen, dataDir: await prepare() }));
    }
    const reports = await this.#obey(orders);
    return orders.map(({ action, dataDir, killAt, killWhen }, index) => {
      const first = kills[index]?.first;
      const report = reports[index];
      this.figures.runs++;
      if (!report?.isKilled) this.figures.bad.push(`${action} was not killed at call ${killAt}`);
      const where = `${first ? `${first.where} > ` : ""}${action} killed ${killWhen} call ${killAt}`;
      const isReported = first?.isReported ?? report?.isReported ?? false;
      return { action: first?.action ?? action, dataDir, isReported, where };
    });
  }

  /** Recovers in this process, and checks that all is as it was or all as it was to be. */
  async #judge({ action, dataDir, isReported, where }: Victim): Promise<void> {
    try {
      const disk = this.#disk(dataDir);
      await recover(dataDir, { disk });
      if (await needsRecovery(dataDir, { disk })) throw new Error("recovery does not end");
      const which = this.#which(await lookAt(dataDir).catch(() => ({})));
      const target = action === "rollback" ? "old" : "new";
      if (isReported && which !== target) throw new Error(`${which}, but the application was told otherwise`);
      this.figures[which]++;
    } catch (error) {
      this.figures.bad.push(`${where}: ${String(error)}`);
    }
    await rm(dataDir, { recursive: true, force: true });
  }

  #which(tree: Tree): "old" | "new" {
    const { old = {}, restored, keepPrevious = false } = this.#scenario;
    const data = contentOf(tree, this.#scenario);
    const rest = Object.keys(tree).filter((name) => /(^|\/)\.stowage\/(?!lost\/)/.test(name));
    if (rest.length > 0 && !keepPrevious) throw new Error(`left behind: ${rest}`);
    if (isSame(data, old)) return "old";
    assertFound(tree, this.#scenario);
    if (isSame(data, restored)) return "new";
    throw new Error(`mixed: ${Object.keys(data)}`);
  }

  async #obey(orders: readonly KillOrder[]): Promise<KillReport[]> {
    const reports: KillReport[] = [];
    const starts = orders.map((_, index) => index).filter((index) => index % ORDERS_PER_CHILD === 0);
    const work = starts.values();
    const next = async () => {
      for (const start of work) {
        const some = await this.#spawn(orders.slice(start, start + ORDERS_PER_CHILD));
        for (const report of some) reports[start + report.order] = report;
      }
    };
    await Promise.all(Array.from({ length: CHILDREN_AT_ONCE }, next));
    return reports;
  }

  async #spawn(orders: readonly KillOrder[]): Promise<KillReport[]> {
    this.figures.children++;
    const child = spawn(process.execPath, ["--no-warnings", this.#child], { stdio: ["pipe", "pipe", "inherit"] });
    const ended = new Promise<NodeJS.Signals | null>((resolve) =>
      child.on("close", (_code, signal) => resolve(signal)),
    );
    child.stdin.end(JSON.stringify(orders));
    const [output, signal] = await Promise.all([text(child.stdout), ended]);
    const reports = JSON.parse(output) as KillReport[];
    if (reports.some(({ isKilled }) => isKilled) && signal !== "SIGKILL")
      throw new Error(`the child ended by ${signal}`);
    return reports;
  }

  #order(order: Pick<KillOrder, "dataDir"> & Partial<KillOrder>): KillOrder {
    const { exclude = [], mounts = [], keepPrevious = false } = this.#scenario;
    return {
      action: "restore",
      archive: this.#archive,
      exclude,
      mounts,
      keepPrevious,
      killAt: 0,
      killWhen: "before",
      ...order,
    };
  }

  async #fresh(): Promise<string> {
    const dataDir = join(this.#directory, String(++this.#directories), "data");
    await (this.#scenario.old ? writeLook(dataDir, this.#scenario.old) : mkdir(join(dataDir, "..")));
    return dataDir;
  }

  async #restored(): Promise<string> {
    const dataDir = await this.#fresh();
    await this.#obey([this.#order({ action: "restore", dataDir })]);
    return dataDir;
  }

  async #copy(source: string): Promise<string> {
    const dataDir = join(this.#directory, String(++this.#directories), "data");
    await mkdir(join(dataDir, ".."), { recursive: true });
    if (existsSync(source)) execFileSync("cp", ["-a", source, dataDir]); // Node's own copies no special files
    return dataDir;
  }

  #disk(dataDir: string): Disk {
    return withMountsOf({ dataDir, mounts: this.#scenario.mounts ?? [] });
  }

  get #archive(): string {
    return join(this.#directory, "archive.zip");
  }
}

interface Kill extends Pick<KillOrder, "action" | "killAt" | "killWhen"> {
  /** Makes the data directory. */
  prepare(): Promise<string>;
  /** What was killed before, for a recovery. */
  readonly first?: Victim;
}

interface Victim {
  readonly action: KillOrder["action"];
  readonly dataDir: string;
  readonly isReported: boolean;
  readonly where: string;
}

function pointsOf(calls: number): Pick<KillOrder, "killAt" | "killWhen">[] {
  const numbers = Array.from({ length: calls }, (_, index) => index + 1);
  return numbers.flatMap((killAt) => [{ killAt, killWhen: "before" } as const, { killAt, killWhen: "after" } as const]);
}

async function fingerprint(dataDir: string): Promise<string> {
  const tree = JSON.stringify(await lookAt(dataDir).catch(() => ({})));
  return tree.replaceAll(/claim-[0-9a-f-]+|[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{64}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, "*");
}

function isSame(left: Tree, right: Tree): boolean {
  const sorted = (tree: Tree) => JSON.stringify(Object.entries(tree).sort());
  return sorted(left) === sorted(right);
}

export async function archiveOf(
  { archive, leftOut = {}, creatorExcludes: exclude = [] }: Pick<Scenario, "archive" | "leftOut" | "creatorExcludes">,
  dataDir: string,
): Promise<Buffer> {
  await writeLook(dataDir, { ...archive, ...leftOut });
  const filesystem = new Filesystem(new MemoryDriver());
  const options = { dataDir, filesystem, exclude, lock: "process", onUnreadable: "skip" } as const;
  await new BackupManager(options).create({ name: "a.zip" });
  return Buffer.concat(await (await filesystem.read("a.zip")).content.toArray());
}
