import type { Variant } from "../case/case-context.ts";
import type { ContractCase } from "../case/contract-case.ts";
import type { Harness } from "../case/namespace.ts";
import { PROBE_ID, probe } from "./probe.ts";
import { hasTimedOut, type Outcome, type RunOptions, runCase, timeoutOf } from "./run-case.ts";

/** Cases that may hang before the others are not tried, and milliseconds that they may take together. */
const MOST_HANGING = 3;
const MOST_HANGING_MS = 60_000;

/** Runs cases as long as they can say something: none on a driver of the wrong shape, and few on one that hangs. */
export class Gate {
  readonly #harness: Harness;
  readonly #options: RunOptions;
  #probe: Promise<Error | undefined> | undefined;
  #hanging = 0;
  #hangingMs = 0;

  constructor(harness: Harness, options: RunOptions) {
    this.#harness = harness;
    this.#options = options;
  }

  /** Why no case can be run at all, if there is a reason. */
  probe(): Promise<Error | undefined> {
    this.#probe ??= probe(this.#harness, this.#options.timeoutMs ?? 20_000);
    return this.#probe;
  }

  async run(contractCase: ContractCase, variant: Variant): Promise<Outcome> {
    const wrong = await this.probe();
    if (wrong) return { status: "skipped", reason: `${PROBE_ID} failed: ${wrong.message.split("\n")[0]}` };
    if (this.isClosed) {
      return { status: "skipped", reason: `${this.#hanging} cases did not end in time: what they say comes first` };
    }
    const outcome = await runCase(contractCase, this.#harness, { ...this.#options, variant });
    if (hasTimedOut(outcome)) {
      this.#hanging++;
      this.#hangingMs += timeoutOf(contractCase, this.#options);
    }
    return outcome;
  }

  /** Whether so much did not end in time that the rest is not tried. */
  get isClosed(): boolean {
    return this.#hanging >= MOST_HANGING || this.#hangingMs >= MOST_HANGING_MS;
  }
}
