import type { TestBody, TestRunner } from "../src/run/test-runner.ts";

/** A test runner that runs nothing by itself: what was registered is called by the test. */
export class RecordedRunner implements TestRunner {
  readonly titles: string[] = [];
  readonly skips: unknown[] = [];
  readonly #bodies: TestBody[] = [];
  readonly #hooks: (() => void)[] = [];

  readonly describe = (_: string, define: () => void): void => define();

  readonly it = (title: string, body: TestBody): void => {
    this.titles.push(title);
    this.#bodies.push(body);
  };

  readonly afterAll = (hook: () => void): void => void this.#hooks.push(hook);

  /** Runs the tests whose titles start with the id, as vitest does, and returns what they threw. */
  async run(id: string): Promise<unknown[]> {
    const test = { skip: (reason: unknown) => this.skips.push(reason) };
    const bodies = this.#bodies.filter((_, index) => this.titles[index]?.startsWith(`${id}:`));
    const settled = await Promise.allSettled(bodies.map((body) => body.call(undefined, test)));
    return settled.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
  }

  /** Runs the first test with the id as mocha does: the test is `this`. */
  async runAsMocha(id: string): Promise<void> {
    const index = this.titles.findIndex((title) => title.startsWith(`${id}:`));
    await this.#bodies[index]?.call({ skip: () => this.skips.push("pending"), timeout: () => {} });
  }

  finish(): void {
    for (const hook of this.#hooks) hook();
  }
}
