import { defineConfig, type TestProjectConfiguration } from "vitest/config";

const TESTS = ["packages/*/test/**/*.test.ts", "contract-tests/test/**/*.test.ts", "examples/*/test/**/*.test.ts"];
const SLOW_TESTS = TESTS.map((pattern) => pattern.replace(".test.ts", ".slow.test.ts"));
const CI_TESTS = [".ci/test/*.test.mjs"];

/** Quick tests that need a process of their own: they put something in the place of a module, or measure their memory. */
const ALONE = [
  "packages/core/test/filesystem/two-copies.test.ts",
  "packages/core/test/snapshot/without-helper.test.ts",
  "packages/gcs/test/first-use.test.ts",
  "packages/s3/test/first-use.test.ts",
  "packages/bench/test/run-transfer.test.ts",
  "examples/main-job/test/run-command.test.ts",
  "packages/{gcs,s3}/test/first-use.test.ts",
];

/** Quick tests that do more where there are other Nodes and SQLite, which CI installs before the slow tests. */
const TOOL_TESTS = ["packages/core/test/snapshot/**/*.test.ts"];

/** The condition under which a package exports its TypeScript, so that no test needs a build. */
const CONDITIONS = ["@stowage/source", "node", "development|production"];

/** Three processes share the quick tests, file after file: to import everything anew for each file took a third of the time. */
const QUICK: TestProjectConfiguration[] = [
  {
    extends: true,
    test: { name: "quick", include: [...TESTS, ...CI_TESTS], exclude: [...SLOW_TESTS, ...ALONE], isolate: false },
  },
  { extends: true, test: { name: "alone", include: ALONE } },
];

/** Writes down the messages of all errors, for `.ci/check-messages.mjs`. */
const SETUP = process.env.STOWAGE_MESSAGES ? [".ci/messages/collect.mjs"] : [];

/** `vitest run` runs the quick tests, `vitest run --mode slow` the others. */
export default defineConfig(({ mode }) => {
  const slow = mode === "slow";
  return {
    resolve: { conditions: CONDITIONS },
    ssr: { resolve: { conditions: CONDITIONS } },
    test: {
      setupFiles: SETUP,
      maxWorkers: 3,
      maxConcurrency: 10,
      testTimeout: slow ? 900_000 : 60_000,
      hookTimeout: slow ? 900_000 : 60_000,
      teardownTimeout: 10_000,
      ...(slow ? { include: [...SLOW_TESTS, ...TOOL_TESTS], exclude: [] } : { projects: QUICK }),
    },
  };
});
