import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { warningsOf } from "../../src/manager/operations/result-warnings.ts";
import { makeManager } from "./manager-fixture.ts";

it("the status keeps the count of what a create left out, and the first 100", async () => {
  const { manager, dataDir } = await makeManager();
  const names = Array.from({ length: 120 }, (_, index) => `pipe-${String(index).padStart(3, "0")}`);
  execFileSync(
    "mkfifo",
    names.map((name) => join(dataDir, name)),
  );

  const { warnings } = await manager.create({ name: "a.zip" });

  expect(warnings).toHaveLength(120);
  const kept = warnings.slice(0, 100).map(({ name, reason }) => ({ name, reason }));
  expect(manager.status().last).toMatchObject({ operation: "create", warningCount: 120, warnings: kept });
});

it("the status of what warns of nothing says so, and that of a failure says nothing", async () => {
  const { manager } = await makeManager();
  await manager.create({ name: "a.zip" });

  expect(manager.status().last).toMatchObject({ operation: "create", warningCount: 0, warnings: [] });
  await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
  expect(manager.status().last).not.toHaveProperty("warnings");
});

it("all lists of a result count, whatever the operation", () => {
  const result = { entries: 3, skipped: [{ name: "a", reason: "symlink" }], lost: [{ name: "b" }] };

  expect(warningsOf(result)).toEqual({
    warningCount: 2,
    warnings: [
      { name: "a", reason: "symlink" },
      { name: "b", reason: "lost" },
    ],
  });
  for (const other of [undefined, null, "text", {}, { warnings: 3 }]) {
    expect(warningsOf(other)).toEqual({ warningCount: 0, warnings: [] });
  }
});

it("of long lists 100 are kept in all", () => {
  const list = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `${index}`, reason: "x" }));

  const { warningCount, warnings } = warningsOf({ warnings: list(60), skipped: list(1_000), lost: list(5) });

  expect([warningCount, warnings.length]).toEqual([1_065, 100]);
});
