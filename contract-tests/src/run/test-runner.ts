/** What the suite needs of a test runner. `vitest`, `node:test` and mocha's globals have it. */
export interface TestRunner {
  describe(title: string, define: () => void): unknown;
  readonly it: RegisterTest & { readonly concurrent?: RegisterTest };
  /** Vitest's hook after the last test of a `describe`. */
  afterAll?(hook: () => void): unknown;
  /** The same hook by the name that `node:test` and mocha give it. */
  after?(hook: () => void): unknown;
}

type RegisterTest = (title: string, run: TestBody, timeoutMs: number) => unknown;

export type TestBody = (this: unknown, ...values: unknown[]) => Promise<void>;

/** Calls `hook` after the last test of the `describe` that is being defined. */
export function afterTests(runner: TestRunner, hook: () => void): void {
  if (runner.afterAll) runner.afterAll(hook);
  else if (runner.after) runner.after(hook);
  else throw new TypeError("the test runner has neither afterAll nor after");
}

interface RunningTest {
  skip?(reason?: string): void;
  timeout?(timeoutMs: number): void;
}

/** The running test: vitest and `node:test` hand it over as an argument, mocha as `this`. */
export function runningTest(self: unknown, values: readonly unknown[]): RunningTest {
  return ((values[0] ?? self) as RunningTest | undefined) ?? {};
}
