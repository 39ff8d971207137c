import { describe, test } from "vitest";
import { expectUntouchedLocks, JOURNALS, lockExperiment, OPERATIONS, WORKERS } from "./lock-experiment.ts";
import { nodesThere } from "./node-programs.ts";

const run = lockExperiment();
const nodes = nodesThere().filter(({ canCopy }) => canCopy);
if (nodes.length === 0) test.skip("the locks of this process outlive every operation: no SQLite is here", () => {});

describe.each(nodes)("on $name", (node) => {
  describe.each(JOURNALS)("with a journal of mode %s", (journal) => {
    describe.each(WORKERS)("and %s threads", (workers) => {
      test.each(OPERATIONS)("the locks of this process outlive %s", async (operation) => {
        const report = await run(node, { journal, operation, ...(workers !== undefined && { workers }) });

        expectUntouchedLocks(report, operation);
      });
    });
  });
});
