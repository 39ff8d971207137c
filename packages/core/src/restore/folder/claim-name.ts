import { randomBytes } from "node:crypto";
import type { ProcessIdentity } from "../../lock/process-identity.ts";

const PATTERN = /^claim-([0-9a-f]{12})-(\d+)-(\d+)-(\d+)-[0-9a-f]{12}$/;

/** Returns a name for a claim that nobody else ever uses, and that says whose it is. */
export function newClaimName({ host, pid, startedAt, thread }: ProcessIdentity): string {
  return `claim-${host}-${pid}-${startedAt}-${thread}-${randomBytes(6).toString("hex")}`;
}

/** Says whose claim a name is; undefined if it is none. */
export function claimantOf(name: string): ProcessIdentity | undefined {
  const [, host, pid, startedAt, thread] = PATTERN.exec(name) ?? [];
  if (host === undefined || startedAt === undefined) return undefined;
  return { host, pid: Number(pid), startedAt, thread: Number(thread) };
}

export function isClaim(name: string): boolean {
  return PATTERN.test(name);
}
