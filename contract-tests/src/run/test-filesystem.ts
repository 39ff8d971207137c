import assert from "node:assert/strict";
import type { Variant } from "../case/case-context.ts";
import type { ContractCase } from "../case/contract-case.ts";
import type { Harness } from "../case/namespace.ts";
import { KnownDeviations } from "./deviations.ts";
import { Gate } from "./gate.ts";
import { PROBE_ID, PROBE_TITLE } from "./probe.ts";
import { REJECTIONS_ID, RejectionWatch } from "./rejection-watch.ts";
import { timeoutOf } from "./run-case.ts";
import { chosenCases, type SuiteOptions } from "./suite-options.ts";
import { afterTests, runningTest, type TestBody, type TestRunner } from "./test-runner.ts";
import { variantsOf } from "./variants.ts";

export interface TestFilesystemOptions extends Harness, SuiteOptions {
  /** The name of the driver, for titles. */
  readonly name: string;
}

/**
 * Registers every case with a test runner: on the filesystem as it is, and again behind `prefixed` where what stands in front of a
 * key can make a difference. The runner is handed in (`import * as vitest from "vitest"`), so that no second copy of it is loaded.
 *
 * The first test uses each method once: if the driver's shape is wrong, or if it hangs, the others are skipped. So are those that
 * come after three that did not end. The tests fail if a promise is broken, if a known deviation passes, if a promise is rejected
 * that nobody handles, and if no case was run. Throws at once if `deviations` names no case, or two cases have one id.
 */
export function testFilesystem(runner: TestRunner, options: TestFilesystemOptions): void {
  assert.equal(typeof options?.create, "function", "testFilesystem takes { name, create }, and create makes a place");
  const chosen = chosenCases(options);
  runner.describe(options.name, () => {
    const suite = new Suite(runner, options);
    suite.registerProbe();
    for (const variant of ["plain", "prefixed"] as const) {
      suite.register(
        chosen.filter((contractCase) => variantsOf(contractCase).includes(variant)),
        variant,
      );
    }
    afterTests(runner, () => suite.finish());
  });
}

class Suite {
  readonly #runner: TestRunner;
  readonly #options: TestFilesystemOptions;
  readonly #gate: Gate;
  readonly #watch = new RejectionWatch();
  readonly #deviations: KnownDeviations;
  #started = 0;
  #executed = 0;

  constructor(runner: TestRunner, options: TestFilesystemOptions) {
    this.#runner = runner;
    this.#options = options;
    this.#gate = new Gate(options, options);
    this.#deviations = new KnownDeviations(options.deviations);
  }

  /** Comes first, because nothing else can be asked about a driver that fails it. */
  registerProbe(): void {
    const { timeoutMs = 20_000 } = this.#options;
    this.#runner.describe("first", () => {
      const run = this.#test(3 * timeoutMs, async () => {
        this.#start();
        this.#executed++;
        const wrong = await this.#gate.probe();
        if (wrong) throw wrong;
        return undefined;
      });
      this.#runner.it(`${PROBE_ID}: ${PROBE_TITLE}`, run, 3 * timeoutMs);
    });
  }

  /** Cases that count what the process holds come last and alone; the others run at once where the runner can. */
  register(chosen: readonly ContractCase[], variant: Variant): void {
    const { describe, it } = this.#runner;
    const shared = chosen.filter(({ isExclusive }) => !isExclusive);
    const exclusive = chosen.filter(({ isExclusive }) => isExclusive);
    const where = variant === "plain" ? "as it is" : "behind a prefix";
    for (const [title, members, test] of [
      [where, shared, it.concurrent ?? it],
      [`${where}, alone`, exclusive, it],
    ] as const) {
      if (members.length === 0) continue; // a runner may fail a suite without a test
      describe(title, () => {
        for (const contractCase of members)
          test(this.#title(contractCase), this.#body(contractCase, variant), this.#limit(contractCase));
      });
    }
  }

  /** Throws what belongs to the run as a whole. */
  finish(): void {
    const error = this.#started > 0 ? this.#watch.stop() : undefined;
    if (error && !this.#deviations.reasonOf(REJECTIONS_ID)) throw error;
    assert.ok(!this.#gate.isClosed, `${this.#options.name}: cases did not end in time, and the rest was skipped`);
    assert.ok(this.#executed > 0, `${this.#options.name}: no case was run, all ${this.#started} were skipped`);
  }

  #title({ id, title, needs = [] }: ContractCase): string {
    const deviation = this.#deviations.reasonOf(id);
    const notes = [...needs.map((need) => `needs ${need}`), ...(deviation ? [`known to fail: ${deviation}`] : [])];
    return `${id}: ${title}${notes.length > 0 ? ` (${notes.join(", ")})` : ""}`;
  }

  /** The runner waits longer than the case may take, so that the case's own message is the one that is seen. */
  #limit(contractCase: ContractCase): number {
    return 2 * timeoutOf(contractCase, this.#options) + 5_000;
  }

  #body(contractCase: ContractCase, variant: Variant) {
    return this.#test(this.#limit(contractCase), () => this.#run(contractCase, variant));
  }

  /** A test that may take so many milliseconds, and is skipped for the reason that `run` resolves with. */
  #test(limit: number, run: () => Promise<string | undefined>): TestBody {
    return async function (this: unknown, ...values: unknown[]): Promise<void> {
      const test = runningTest(this, values);
      test.timeout?.(limit);
      const reason = await run();
      if (reason) test.skip?.(reason);
    };
  }

  #start(): void {
    if (this.#started++ === 0) this.#watch.start();
  }

  /** Runs the case, throws if it does not end as it should, and returns why it was skipped, if it was. */
  async #run(contractCase: ContractCase, variant: Variant): Promise<string | undefined> {
    this.#start();
    const outcome = await this.#gate.run(contractCase, variant);
    if (outcome.status === "skipped") return outcome.reason;
    this.#executed++;
    const error = this.#deviations.judge(outcome, contractCase);
    if (error) throw error;
    return undefined;
  }
}
