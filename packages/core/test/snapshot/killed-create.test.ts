import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, onTestFinished, test } from "vitest";
import { needsRecovery } from "../../src/index.ts";
import { bundleApplication, installBinding } from "./bundle-application.ts";
import type { KilledOrder, KilledReport } from "./killed-application.ts";
import { BETTER_SQLITE, type NodeProgram, nodesThere } from "./node-programs.ts";
import { sqlElsewhere } from "./other-process.ts";
import { makePlaces, namesIn } from "./snapshot-fixture.ts";

/** Without SQLite a database that nobody uses is copied as a file. */
const PLAIN: Pick<NodeProgram, "name" | "path" | "canCopy" | "binding"> = {
  ...{ name: `Node ${process.versions.node} without SQLite`, path: process.execPath, canCopy: false, binding: "" },
};
const able = nodesThere().filter(({ canCopy }) => canCopy);
const nodes = [PLAIN, ...able.slice(0, 1), ...able.slice(1).slice(-1)];

/** Makes a data directory with a database, and the program that backs it up. */
async function prepare({ path, binding, canCopy }: typeof PLAIN) {
  const { dataDir } = await makePlaces();
  const programs = await temporaryDirectory();
  const program = await bundleApplication("killed-application.ts", programs);
  if (canCopy) await installBinding(programs, BETTER_SQLITE);
  const database = join(dataDir, "app.db");
  if (canCopy) sqlElsewhere({ path, binding } as NodeProgram, database, "CREATE TABLE rows (name)");
  else await writeFile(database, "SQLite format 3\0".padEnd(4096, "\0"));
  const order = { dataDir, backups: join(dataDir, "..", "backups") };
  return {
    ...order,
    argumentsFor: (more: Partial<KilledOrder> = {}) => [program, JSON.stringify({ ...order, ...more })],
  };
}

describe.each(nodes)("on $name", (node) => {
  test.each(["snapshot", "archive"] as const)(
    "what a create leaves that is killed in the phase %s is no unfinished restore, and goes with the next create",
    async (stopsIn) => {
      const { dataDir, backups, argumentsFor } = await prepare(node);
      const child = spawn(node.path, ["--no-warnings", ...argumentsFor({ stopsIn })], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void child.kill("SIGKILL"));
      const exited = once(child, "exit");
      const [where] = await Promise.race([once(child.stdout, "data"), exited]);
      child.kill("SIGKILL");
      await exited;

      expect(String(where)).toContain(stopsIn);
      const [folder = ""] = await namesIn(join(dataDir, ".stowage"));
      expect(folder).toMatch(/^snapshot-/);
      expect(await readdir(join(dataDir, ".stowage", folder))).toContain("0.db");
      expect(await needsRecovery(dataDir)).toBe(false);

      const { stdout } = await promisify(execFile)(node.path, ["--no-warnings", ...argumentsFor()]);
      const { keys, status, left, unchecked } = JSON.parse(stdout) as KilledReport;
      expect(left).toEqual([]);
      expect(status.active).toBeUndefined();
      expect(status.last).toMatchObject({ operation: "create", key: keys[0], warningCount: 0 });
      expect(keys).toHaveLength(1);
      expect((await namesIn(backups)).filter((name) => name.endsWith(".zip"))).toEqual(keys);
      expect(unchecked).toEqual(node.canCopy ? [] : ["app.db"]);
      expect(await namesIn(dataDir)).toEqual(["app.db"]);
    },
  );
});
