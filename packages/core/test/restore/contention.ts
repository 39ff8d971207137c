import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeededRandom } from "@stowage/test-kit/random";
import { readTree, type Tree, writeTree } from "@stowage/test-kit/tree";
import { needsRecovery, recover } from "../../src/restore/recover.ts";
import { Contender } from "./contender.ts";
import type { ContendingOrder } from "./contending-child.ts";
import { archiveOf } from "./kill-sweep.ts";
import type { Scenario } from "./scenarios.ts";

const CONTENDERS = 4;
const STATES = 12;
/** A restore of the scenarios has some 120 disk calls, a recovery up to 80. */
const CALLS = { restore: { from: 40, to: 120 }, recover: { from: 1, to: 60 } };

export interface ContentionFigures {
  rounds: number;
  recoveries: number;
  killed: number;
  old: number;
  new: number;
  readonly bad: string[];
}

/** Lets several processes recover one interrupted restore at once, and some of them die at it. */
export class Contention {
  readonly figures: ContentionFigures = { rounds: 0, recoveries: 0, killed: 0, old: 0, new: 0, bad: [] };
  readonly #scenario: Scenario & { readonly old: Tree };
  readonly #directory: string;
  readonly #contenders: readonly Contender[];
  readonly #random: SeededRandom;

  constructor(
    scenario: Scenario & { readonly old: Tree },
    { child, directory, seed }: { child: string; directory: string; seed: number },
  ) {
    this.#scenario = scenario;
    this.#directory = directory;
    this.#contenders = Array.from({ length: CONTENDERS }, () => new Contender(child));
    this.#random = new SeededRandom(seed);
  }

  async run(rounds: number): Promise<ContentionFigures> {
    try {
      await this.#interrupt();
      for (let round = 1; round <= rounds; round++) await this.#contend(round);
      return this.figures;
    } finally {
      await Promise.all(this.#contenders.map((contender) => contender.kill()));
    }
  }

  /** Makes data directories in which a restore was killed. */
  async #interrupt(): Promise<void> {
    await mkdir(this.#directory, { recursive: true });
    await writeFile(this.#archive, await archiveOf(this.#scenario, join(this.#directory, "source")));
    for (let state = 0; state < STATES; state++) {
      const dataDir = join(this.#directory, `state-${state}`);
      await writeTree(dataDir, this.#scenario.old);
      const { from, to } = CALLS.restore;
      const killAt = from + Math.floor(((to - from) * state) / STATES);
      await this.#contenders[0]?.obey(this.#order({ action: "restore", dataDir, killAt }));
    }
  }

  async #contend(round: number): Promise<void> {
    const dataDir = join(this.#directory, `round-${round}`);
    await cp(join(this.#directory, `state-${this.#random.below(STATES)}`), dataDir, { recursive: true });
    const { from, to } = CALLS.recover;
    const some = this.#contenders.slice(0, 2 + this.#random.below(CONTENDERS - 1));
    const orders = some.map(() => {
      const killAt = this.#random.below(3) === 0 ? from + this.#random.below(to - from) : 0;
      return this.#order({ action: "recover", dataDir, killAt });
    });
    const answers = await Promise.all(some.map((contender, index) => contender.obey(orders[index] ?? this.#order({}))));
    this.figures.rounds += 1;
    this.figures.recoveries += answers.length;
    this.figures.killed += answers.filter((answer) => answer === "killed").length;
    await this.#judge(dataDir, answers, `round ${round}, ${answers}`);
    await rm(dataDir, { recursive: true, force: true });
  }

  async #judge(dataDir: string, answers: readonly string[], where: string): Promise<void> {
    try {
      const wrong = answers.find((answer) => !/^(none|cleaned|completed|undone|killed)$/.test(answer));
      if (wrong !== undefined) throw new Error(wrong);
      const before = answers.some((answer) => answer !== "killed") ? await this.#which(dataDir) : undefined;
      await recover(dataDir);
      const after = await this.#which(dataDir);
      if (before !== undefined && before !== after) throw new Error(`${before}, then ${after}`);
      if (await needsRecovery(dataDir)) throw new Error("recovery does not end");
      this.figures[after] += 1;
    } catch (error) {
      this.figures.bad.push(`${where}: ${String(error)}`);
    }
  }

  async #which(dataDir: string): Promise<"old" | "new"> {
    const all = Object.entries(await readTree(dataDir));
    const left = all.filter(([name]) => /^\.stowage\/(?!claim-|$)/.test(name));
    if (left.length > 0) throw new Error(`left behind: ${left.map(([name]) => name)}`);
    const data = JSON.stringify(all.filter(([name]) => !name.startsWith(".stowage/")).sort());
    if (data === JSON.stringify(Object.entries(this.#scenario.old).sort())) return "old";
    if (data === JSON.stringify(Object.entries(this.#scenario.restored).sort())) return "new";
    throw new Error(`mixed: ${data}`);
  }

  #order(order: Partial<ContendingOrder>): ContendingOrder {
    return {
      action: "recover",
      dataDir: "",
      archive: this.#archive,
      exclude: [],
      mounts: [],
      keepPrevious: false,
      killAt: 0,
      killWhen: "before",
      isStalled: false,
      ...order,
    };
  }

  get #archive(): string {
    return join(this.#directory, "archive.zip");
  }
}
