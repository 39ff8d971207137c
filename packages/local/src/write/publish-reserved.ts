import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { closeQuietly, errnoOf, isAlive, StowageError } from "@stowage/core/driver";
import type { LocalDisk } from "../local-disk.ts";
import { reservedName, type Writer, writerOf } from "./temporary-name.ts";

/** Looks at a reservation of somebody else, and the pause between them in milliseconds: it lasts for two calls of the disk. */
const LOOKS = 250;
const PAUSE_MS = 20;
/** Bytes of a name of a file in progress, and more. */
const LONGEST_NAME = 256;

/**
 * Gives a temporary file its name, create-only, where the file system has no hard links, as on exFAT, many SMB shares and some file
 * systems in user space: a name that follows from the key is opened exclusively, so that one of several such writes at a time looks
 * whether the key is free, and renames. `ALREADY_EXISTS` if it is taken. A write that replaces does not reserve: at the same moment, one
 * of the two may stay unseen.
 */
export async function publishReserved(disk: LocalDisk, temporary: string, path: string): Promise<void> {
  const reservation = join(dirname(path), reservedName(createHash("sha256").update(basename(path)).digest("hex")));
  await reserve(disk, reservation, basename(temporary));
  try {
    if (await isThere(disk, path)) throw new StowageError("ALREADY_EXISTS", "the key is taken");
    await disk.rename(temporary, path);
  } finally {
    const remove = () => disk.removeFile(reservation);
    await remove()
      .catch(remove)
      .catch(() => {}); // it ends with the process, too
  }
}

async function reserve(disk: LocalDisk, reservation: string, owner: string): Promise<void> {
  const self = writerOf(owner);
  for (let look = 1; !(await isReserved(disk, reservation, owner)); look++) {
    const other = await ownerOf(disk, reservation);
    const isHere = other !== undefined && other.host === self?.host;
    if (isHere ? !(await isAlive(other)) : look % LOOKS === 0) await disk.removeFile(reservation).catch(() => {});
    else if (look < 2 * LOOKS) await delay(PAUSE_MS);
    else throw new StowageError("UNAVAILABLE", "somebody else has been storing an object of that key for too long");
  }
}

/** Opens the reservation exclusively, and writes into it whose it is. Returns whether it could. */
async function isReserved(disk: LocalDisk, reservation: string, owner: string): Promise<boolean> {
  const file = await disk.createFile(reservation).catch((error: unknown) => {
    if (errnoOf(error) !== "EEXIST") throw error;
  });
  if (!file) return false;
  try {
    await file.write(Buffer.from(owner));
    return true;
  } catch (error) {
    await disk.removeFile(reservation).catch(() => {});
    throw error;
  } finally {
    await closeQuietly(file);
  }
}

/** Who reserved. Nothing if that is gone, or says nothing: its writer is between two calls, or was killed there. */
export async function ownerOf(disk: LocalDisk, reservation: string): Promise<Writer | undefined> {
  try {
    const file = await disk.openFile(reservation);
    const bytes = Buffer.alloc(LONGEST_NAME);
    try {
      return writerOf(bytes.toString("latin1", 0, await file.read(bytes, 0)));
    } finally {
      await closeQuietly(file);
    }
  } catch {
    return undefined;
  }
}

async function isThere(disk: LocalDisk, path: string): Promise<boolean> {
  try {
    await disk.lstatExactly(path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}
