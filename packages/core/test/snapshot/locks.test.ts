import { describe, expect, test } from "vitest";
import { expectUntouchedLocks, JOURNALS, lockExperiment, WORKERS } from "./lock-experiment.ts";
import { nodesThere } from "./node-programs.ts";

const run = lockExperiment();
const nodes = nodesThere();
const able = nodes.filter(({ canCopy }) => canCopy);
if (nodes.length === 0) test.skip("the locks of this process outlive a create: no SQLite is here", () => {});

describe.each(nodes.length === 0 ? [] : JOURNALS)("with a journal of mode %s", (journal) => {
  test.each(able.slice(0, 1))("on $name, the locks of this process outlive a create", async (node) => {
    expectUntouchedLocks(await run(node, { journal, operation: "create" }), "create");
  });

  const unable = nodes.filter(({ canCopy }) => !canCopy);
  describe.each(unable.length === 0 ? [] : WORKERS)("and %s threads", (workers) => {
    test.each(unable)("on $name, a refused create keeps them too", async (node) => {
      const report = await run(node, { journal, operation: "create", ...(workers !== undefined && { workers }) });

      expect(report.others).toEqual(["database is locked", "database is locked", "ok"]);
      expect(report.outcome).toBe("DATABASE_IN_USE");
      expect(report.integrity).toBe("ok");
      expect(report.rows).toEqual(["before", "ours", "theirs"]);
    });
  });
});
