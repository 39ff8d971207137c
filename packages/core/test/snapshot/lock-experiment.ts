import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { afterAll, beforeAll, expect } from "vitest";
import { bundleApplication, installBinding } from "./bundle-application.ts";
import type { LocksOrder, LocksReport } from "./locks-application.ts";
import { BETTER_SQLITE, type NodeProgram } from "./node-programs.ts";

export const OPERATIONS: readonly LocksOrder["operation"][] = ["create", "verify", "extract", "restore", "recover"];
export const WORKERS: readonly (number | undefined)[] = [0, undefined];
export const JOURNALS: readonly LocksOrder["journal"][] = ["delete", "wal"];

export type Run = (node: NodeProgram, order: Omit<LocksOrder, "directory" | "binding">) => Promise<LocksReport>;

/** Makes an application that backs itself up while another process tries to write into its transaction. */
export function lockExperiment(): Run {
  let programs: string;
  beforeAll(async () => {
    programs = await mkdtemp(join(tmpdir(), "stowage-locks-"));
    const [plain, equipped] = [join(programs, "plain"), join(programs, "equipped")];
    await mkdir(plain);
    await bundleApplication("locks-application.ts", plain);
    await cp(plain, equipped, { recursive: true });
    await installBinding(equipped, BETTER_SQLITE);
  });
  afterAll(() => rm(programs, { recursive: true, force: true }));
  return async ({ path, binding, canCopy }, order) => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, "data"));
    const program = join(programs, canCopy ? "equipped" : "plain", "child.mjs");
    const args = ["--no-warnings", program, "application", JSON.stringify({ ...order, binding, directory })];
    const { stdout } = await promisify(execFile)(path, args);
    return JSON.parse(stdout) as LocksReport;
  };
}

/** The other process was kept out until our commit, both sides' rows are there, and the backup is of one moment. */
export function expectUntouchedLocks(report: LocksReport, operation: LocksOrder["operation"]): void {
  expect(report.others).toEqual(["database is locked", "database is locked", "ok"]);
  expect(report.outcome).toBe("done");
  expect(report.integrity).toBe("ok");
  expect(report.rows).toEqual(operation === "restore" ? ["before"] : ["before", "ours", "theirs"]);
  expect(report.restored).toEqual(operation === "create" || operation === "extract" ? ["before"] : []);
}
