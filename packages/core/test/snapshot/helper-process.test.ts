import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, test } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { isAlive } from "../../src/lock/process-identity.ts";
import { HelperProcess } from "../../src/snapshot/helper-process.ts";
import { bundleHelper } from "./bundle-application.ts";
import { nodesThere } from "./node-programs.ts";
import { sqlElsewhere } from "./other-process.ts";
import { helperPrograms, makePlaces, namesIn, snapshotOf } from "./snapshot-fixture.ts";

const helperOf = helperPrograms();
const able = nodesThere().filter(({ canCopy }) => canCopy);
const { signal } = new AbortController();
const HEADER = Buffer.concat([Buffer.from("SQLite format 3\0", "latin1"), Buffer.alloc(4080)]);

/** The process id of the child whose program is a helper. */
function onlyChild(): number {
  const [pid] = readFileSync(`/proc/self/task/${process.pid}/children`, "utf8").trim().split(" ").slice(-1);
  return Number(pid);
}

async function isGone(pid: number | undefined): Promise<boolean> {
  for (let attempt = 0; attempt < 500; attempt += 1) {
    if (pid === undefined || !(await isAlive({ pid, startedAt: "" }))) return true;
    await pause(10);
  }
  return false;
}

test.each([
  ["is killed", `process.on("message", () => process.kill(process.pid, "SIGKILL"));`, "SIGKILL"],
  ["ends at the start", `process.exit(3);`, "exit code 3"],
  ["throws", `process.on("message", () => { throw new Error("its last words"); });`, "its last words"],
  ["hangs", `process.on("message", () => { for (;;); });`, "silent for 300 ms"],
  ["aborts, as V8 does without memory", `process.on("message", () => process.abort());`, "SIGABRT"],
])("a helper that %s is SOURCE_UNREADABLE and leaves nothing over", async (_, source, why) => {
  const places = await makePlaces();
  await writeFile(join(places.dataDir, "app.db"), HEADER);
  const silenceMs = why.startsWith("silent") ? 300 : undefined;

  const taking = snapshotOf(places, { helper: { program: source, silenceMs }, lockWaitMs: 0 });

  await expect(taking).rejects.toMatchObject({
    code: "SOURCE_UNREADABLE",
    retryable: true,
    message: expect.stringContaining(why),
  });
  expect(await namesIn(places.stateDir)).toEqual([]);
});

test("closing the helper ends its process, at once and while it works", async () => {
  const program = `process.on("message", () => { for (;;); });`;
  const helper = new HelperProcess({ signal, program });
  const working = helper.run({ kind: "identify", paths: [] });
  const failed = expect(working).rejects.toThrow("closed");

  await helper[Symbol.asyncDispose]();

  await failed;
  expect(await isGone(helper.pid)).toBe(true);
});

test("an abort ends the helper and is the error of what it was doing", async () => {
  const program = `process.on("message", () => { for (;;); });`;
  const controller = new AbortController();
  const helper = new HelperProcess({ signal: controller.signal, program });
  const working = helper.run({ kind: "identify", paths: [] });

  controller.abort(new Error("enough"));

  await expect(working).rejects.toMatchObject({ code: "ABORTED", cause: { message: "enough" } });
  await helper[Symbol.asyncDispose]();
  expect(await isGone(helper.pid)).toBe(true);
});

test("the helper ends when the process that started it is killed", async () => {
  const directory = await temporaryDirectory();
  await mkdir(join(directory, "program"));
  const program = await bundleHelper(join(directory, "program"));
  const parent = join(directory, "parent.mjs");
  await writeFile(
    parent,
    `import { fork } from "node:child_process";
     const child = fork(${JSON.stringify(program)}, { execArgv: [], serialization: "advanced" });
     child.on("message", () => console.log(child.pid));
     child.send({ id: 0, job: { kind: "identify", paths: [] } });`,
  );
  const child = spawn(process.execPath, [parent], { stdio: ["ignore", "pipe", "inherit"] });
  const [pid] = (await once(child.stdout, "data")) as [Buffer];

  child.kill("SIGKILL");

  expect(await isGone(Number(String(pid)))).toBe(true);
});

describe.each(able)("on $name", (node) => {
  test.each([
    ["killed", (_: AbortController, pid: number) => void process.kill(pid, "SIGKILL"), "SOURCE_UNREADABLE"],
    ["aborted", (controller: AbortController) => controller.abort(), "ABORTED"],
  ])("a copy that is %s on its way fails, and nothing of it is left", async (_, stop, code) => {
    const places = await makePlaces();
    const sql = "CREATE TABLE bulk (bytes); INSERT INTO bulk VALUES (randomblob(60000000))";
    sqlElsewhere(node, join(places.dataDir, "app.db"), sql);
    const controller = new AbortController();
    const phase = () => (done: { bytesDone: number }) => {
      if (done.bytesDone > 0) stop(controller, onlyChild());
    };

    const taking = snapshotOf(places, { helper: helperOf(node), signal: controller.signal, phase });

    await expect(taking).rejects.toMatchObject({ code });
    expect(await namesIn(places.stateDir)).toEqual([]);
    expect(await namesIn(places.dataDir)).toEqual(["app.db"]);
  });

  test("a database that is deleted before it is copied is a warning, and is not made anew", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    sqlElsewhere(node, path, "CREATE TABLE rows (name)");

    const snapshot = await snapshotOf(places, { helper: helperOf(node), disk: diskThat(() => rm(path)) });

    expect(snapshot.warnings).toEqual([{ name: "app.db", reason: "vanished" }]);
    expect(snapshot.walk.entries).toEqual([]);
    expect(await namesIn(places.dataDir)).toEqual([]);
  });

  test("a database that is replaced before it is copied is copied as it is then", async () => {
    const places = await makePlaces();
    const path = join(places.dataDir, "app.db");
    sqlElsewhere(node, path, "CREATE TABLE old (name)");
    const other = join(places.dataDir, "..", "other.db");
    sqlElsewhere(node, other, "CREATE TABLE new (name)");

    const snapshot = await snapshotOf(places, { helper: helperOf(node), disk: diskThat(() => rename(other, path)) });

    const [folder = ""] = await namesIn(places.stateDir);
    const tables = sqlElsewhere(node, join(places.stateDir, folder, "0.db"), "", "SELECT name FROM sqlite_schema");
    expect(tables).toEqual([{ name: "new" }]);
    expect(snapshot.warnings).toEqual([]);
  });
});

/** A disk that does something when it is asked for the free space, after the walk and before the copies. */
function diskThat(act: () => Promise<void>) {
  const freeSpace = async (path: string) => {
    await act();
    return nodeDisk.freeSpace(path);
  };
  return { ...nodeDisk, freeSpace };
}
