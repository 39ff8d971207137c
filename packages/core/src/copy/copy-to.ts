import { StowageError } from "../errors.ts";
import { archiveWrite } from "../filesystem/archive-write.ts";
import type { FileInfo } from "../filesystem/driver.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { isSameVersion } from "../filesystem/is-same-version.ts";
import type { BackupInfo } from "../manager/settings/manager-options.ts";
import type { BackupCopy } from "./copy-report.ts";
import { type ContentHash, hashing, hashOf } from "./hash-content.ts";
import type { PlannedCopy } from "./plan-copies.ts";

export interface Destination {
  /** Nothing if there is one alone. */
  readonly name: string | undefined;
  readonly filesystem: Filesystem;
}

interface CopyContext {
  readonly from: Filesystem;
  readonly signal: AbortSignal;
  onBytes(count: number): void;
}

/** Sees to it that a destination holds a backup, and says how that went. Rejects only with what is no {@link StowageError}. */
export async function copyTo(
  { name, filesystem: to }: Destination,
  backup: PlannedCopy,
  context: CopyContext,
): Promise<BackupCopy> {
  const about = name === undefined ? {} : { destination: name };
  if ("error" in backup) return { key: backup.key, ...about, outcome: "failed", error: backup.error };
  const { key, size } = backup.info;
  const copy = { key, size, ...about };
  try {
    return { ...copy, outcome: await ensure(to, backup.info, context) };
  } catch (error) {
    if (!(error instanceof StowageError)) throw error;
    return { ...copy, outcome: error instanceof Conflict ? "conflict" : "failed", error };
  }
}

/** Something else lies under the key. */
class Conflict extends StowageError {
  constructor(key: string, why: string) {
    super("ALREADY_EXISTS", `${why}; nothing was changed. Delete one of the two, or copy to another place`, { key });
  }
}

async function ensure(to: Filesystem, backup: BackupInfo, context: CopyContext): Promise<"copied" | "present"> {
  const { key } = backup;
  const there = await found(to, key, context.signal);
  if (there) return compare(to, { backup, there }, context);
  try {
    await send(to, key, context);
    return "copied";
  } catch (error) {
    if (!(error instanceof StowageError) || error.code !== "ALREADY_EXISTS" || error instanceof Conflict) throw error;
  }
  const taken = await to.stat(key, { signal: context.signal }); // somebody else was faster
  return compare(to, { backup, there: taken }, context);
}

async function found(to: Filesystem, key: string, signal: AbortSignal): Promise<FileInfo | undefined> {
  try {
    return await to.stat(key, { signal });
  } catch (error) {
    if (error instanceof StowageError && error.code === "NOT_FOUND") return undefined;
    throw error;
  }
}

async function compare(
  to: Filesystem,
  { backup: { key, size }, there }: { readonly backup: BackupInfo; readonly there: FileInfo },
  { from, signal, onBytes }: CopyContext,
): Promise<"present"> {
  if (there.size !== size) throw new Conflict(key, `${there.size} other bytes lie there, and ${size} in the original`);
  const held = await hashOf(to, key, { signal, onBytes });
  const original = await hashOf(from, key, { signal });
  if (held.digest === original.digest) return "present";
  throw new Conflict(key, `${size} bytes lie there as in the original, but not the same`);
}

/** Stores what is read, as it is read, and reads it back. */
async function send(to: Filesystem, key: string, { from, signal, onBytes }: CopyContext): Promise<void> {
  const { info, content } = await from.read(key, { signal });
  const sent = hashing(content, onBytes);
  const written = await to.write(key, sent.content, {
    signal,
    size: info.size,
    ...archiveWrite(to.capabilities, info.size),
  });
  const held = await hashOf(to, key, { signal });
  if (held.digest === sent.digest()) return;
  await refuse(to, { key, written, held }, signal);
}

/** What arrived otherwise than it was sent would be restored as a backup, and would be a conflict for whoever tries again. */
async function refuse(
  to: Filesystem,
  { key, written, held }: { readonly key: string; readonly written: FileInfo; readonly held: ContentHash },
  signal: AbortSignal,
): Promise<never> {
  if (!isSameVersion(written, held.info)) throw new Conflict(key, "somebody replaced it while it was read back");
  await to.delete(key, { signal });
  throw new StowageError(
    "CHECKSUM_MISMATCH",
    "what was read back is not what was sent; it was removed: copy it again",
    { key },
  );
}
