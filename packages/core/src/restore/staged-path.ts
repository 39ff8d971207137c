import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { restoreLayout } from "./layout.ts";

/** Bytes of a path with the NUL behind it: limits.h of Linux and of macOS. */
const PATH_MAX = process.platform === "darwin" ? 1_024 : 4_096;

/** The bytes that a name may have so that this host can write it to where a restore of the data directory stages its entries. */
export function restorableNameSize(dataDir: string): number {
  const { staged } = restoreLayout(dataDir, randomUUID());
  return PATH_MAX - 1 - Buffer.byteLength(join(staged, "/"));
}
