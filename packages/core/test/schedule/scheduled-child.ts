// An application with a schedule of which an instant is due. Tells of each notice, of the beginning of its backup and of its end, line by line.
import { setTimeout as sleep } from "node:timers/promises";
import { localFilesystem } from "@stowage/local";
import { ManagedCalls } from "../../src/manager/operations/managed-calls.ts";
import { startSchedule } from "../../src/manager/schedule/backup-schedule.ts";
import { every } from "./every.ts";

export interface ScheduledOrder {
  readonly dataDir: string;
  readonly backups: string;
  readonly stateDir: string;
  /** Milliseconds since 1970. */
  readonly due: number;
  /** How long the application takes to pause its writes. */
  readonly pauseMs: number;
}

const { backups, due, pauseMs, ...places } = JSON.parse(process.argv[2] ?? "") as ScheduledOrder;
const say = (what: object) => void process.stdout.write(`${JSON.stringify(what)}\n`);
const beforeSnapshot = async () => {
  say({ begun: true });
  await sleep(pauseMs);
};
const filesystem = localFilesystem({ directory: backups });
const calls = new ManagedCalls({ ...places, filesystem, workers: 0, lockTtlMs: 1_000, hooks: { beforeSnapshot } });
const manager = { prune: async () => {}, drill: async () => {} };
const onNotice = ({ kind }: { kind: string }) => say({ kind });
const schedule = startSchedule("hourly", { calls, timetable: every(3600, due), manager }, { onNotice });
calls.operations.on("done", ({ key }) => say({ done: key }));
await new Promise((resolve) => process.stdin.resume().on("end", resolve));
await schedule.stop();
await calls.close();
