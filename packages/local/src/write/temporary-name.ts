import { randomBytes } from "node:crypto";
import type { ProcessIdentity } from "@stowage/core/driver";

/** Who writes a file in progress. */
export type Writer = Pick<ProcessIdentity, "host" | "pid" | "startedAt">;

const PREFIX = ".stowage-tmp-";
const PATTERN = /^\.stowage-tmp-([0-9a-f]{12})-([1-9][0-9]{0,9})-([0-9]{1,20})-[0-9a-f]{16}$/;

/** Makes the name of a file in progress, which says who writes it: `.stowage-tmp-<host>-<pid>-<startedAt>-<random>`. */
export function temporaryName({ host, pid, startedAt }: Writer): string {
  return `${PREFIX}${host}-${pid}-${startedAt}-${randomBytes(8).toString("hex")}`;
}

/** Makes the name that reserves a key: `.stowage-tmp-key-<hash>`. */
export function reservedName(hash: string): string {
  return `${PREFIX}key-${hash}`;
}

/** Says whether a name reserves a key. */
export function isReservedName(name: string): boolean {
  return name.startsWith(`${PREFIX}key-`);
}

/** Says whether a name is kept for files in progress. Such files are never listed. */
export function isTemporaryName(name: string): boolean {
  return name.startsWith(PREFIX);
}

/** Returns the writer that a name tells of, if it is the name of a file in progress. */
export function writerOf(name: string): Writer | undefined {
  const [, host, pid, startedAt] = PATTERN.exec(name) ?? [];
  if (host === undefined || pid === undefined || startedAt === undefined) return undefined;
  return { host, pid: Number(pid), startedAt };
}
