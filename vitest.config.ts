import { defineConfig } from "vitest/config";

const TESTS = ["packages/*/test/**/*.test.ts", "contract-tests/test/**/*.test.ts", "examples/*/test/**/*.test.ts"];
const SLOW_TESTS = TESTS.map((pattern) => pattern.replace(".test.ts", ".slow.test.ts"));

/** The condition under which a package exports its TypeScript, so that no test needs a build. */
const CONDITIONS = ["source", "node", "development|production"];

/** `vitest run` runs the quick tests, `vitest run --mode slow` the others. */
export default defineConfig(({ mode }) => {
  const slow = mode === "slow";
  return {
    resolve: { conditions: CONDITIONS },
    ssr: { resolve: { conditions: CONDITIONS } },
    test: {
      include: slow ? SLOW_TESTS : [...TESTS, ".ci/test/*.test.mjs"],
      exclude: slow ? [] : SLOW_TESTS,
      maxWorkers: 2,
      testTimeout: slow ? 900_000 : 60_000,
      hookTimeout: slow ? 900_000 : 60_000,
      teardownTimeout: 10_000,
    },
  };
});
