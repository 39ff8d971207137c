import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bundle } from "@stowage/test-kit/program";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { expect, it, onTestFinished } from "vitest";
import { scheduledName } from "../../src/backup-name.ts";
import { someMinutesAgo } from "./every.ts";
import type { ScheduledOrder } from "./scheduled-child.ts";

const CHILD = fileURLToPath(new URL("./scheduled-child.ts", import.meta.url));

/** Starts the application, and reads what it tells until one of these was told. */
async function runUntil(program: string, order: ScheduledOrder, last: string) {
  const child = spawn(process.execPath, ["--no-warnings", program, JSON.stringify(order)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const told: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    told.push(...Object.entries(JSON.parse(line)).map(([name, value]) => (name === "kind" ? String(value) : name)));
    if (told.includes(last)) break;
  }
  return {
    told,
    kill: async () => {
      child.kill("SIGKILL");
      await exited;
    },
    end: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

it("a backup that is killed in the middle is made up for by the next process, which tells of it once", async () => {
  const directory = await temporaryDirectory();
  const program = await bundle(CHILD, directory);
  const [dataDir, backups] = [join(directory, "data"), join(directory, "backups")];
  await writeTree(dataDir, { "data.db": "a database" });
  const due = someMinutesAgo();
  const old = scheduledName("pb_backup_", new Date(due.getTime() - 3_600_000));
  await mkdir(backups);
  await writeFile(join(backups, old), "an old one");
  const order = { dataDir, backups, stateDir: join(directory, "state"), due: due.getTime(), pauseMs: 0 };

  const first = await runUntil(program, { ...order, pauseMs: 60_000 }, "begun");
  await first.kill();
  expect((await readdir(backups)).filter((name) => name.endsWith(".zip"))).toEqual([old]);

  const second = await runUntil(program, order, "recovered");
  await second.end();
  expect(second.told).toEqual(["interrupted", "begun", "done", "recovered"]);
  expect((await readdir(backups)).filter((name) => name.endsWith(".zip"))).toEqual([
    old,
    scheduledName("pb_backup_", due),
  ]);

  const third = await runUntil(program, { ...order, due: order.due + 60_000 }, "done");
  await third.end();
  expect(third.told).toEqual(["begun", "done"]);
});
