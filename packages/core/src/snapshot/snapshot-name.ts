import { randomBytes } from "node:crypto";
import type { ProcessIdentity } from "../lock/process-identity.ts";

const PATTERN = /^snapshot-([0-9a-f]{12})-(\d+)-(\d+)-(\d+)-[0-9a-f]{12}$/;

/** Returns a name for the copies of one create that nobody else ever uses, and that says whose they are. */
export function newSnapshotName({ host, pid, startedAt, thread }: ProcessIdentity): string {
  return `snapshot-${host}-${pid}-${startedAt}-${thread}-${randomBytes(6).toString("hex")}`;
}

/** Says whose copies a folder of this name holds; undefined if it is no name of ours. */
export function snapshotOwner(name: string): ProcessIdentity | undefined {
  const [, host, pid, startedAt, thread] = PATTERN.exec(name) ?? [];
  if (host === undefined || startedAt === undefined) return undefined;
  return { host, pid: Number(pid), startedAt, thread: Number(thread) };
}

/** Says whether a name is that of a folder of copies, which no restore needs and no recovery removes. */
export function isSnapshot(name: string): boolean {
  return PATTERN.test(name);
}
