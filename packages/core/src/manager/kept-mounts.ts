import type { Disk } from "../disk.ts";
import { StowageError } from "../errors.ts";
import { mountsBelow } from "../restore/mounts-below.ts";
import type { KeptEntries } from "./kept-entries.ts";

/** What a restore does about mounts below the data directory: a rename neither moves them nor goes through them. */
export type MountPolicy = "refuse" | "keep";

/**
 * Looks for mounts below the data directory, apart from what is kept anyway. They are refused (`MOUNT_IN_DATA_DIR`, naming
 * them), or kept like what is excluded.
 */
export async function keepingMounts(
  kept: KeptEntries,
  { disk, dataDir, mounts: policy }: { disk: Disk; dataDir: string; mounts: MountPolicy },
): Promise<KeptEntries> {
  const mounts = (await mountsBelow(disk, dataDir)).filter((name) => !kept.isKept(name));
  if (mounts.length === 0) return kept;
  if (policy === "refuse") throw refusal(dataDir, mounts);
  const isMounted = (name: string) => mounts.some((mount) => name === mount || name.startsWith(`${mount}/`));
  return { isKept: (name) => kept.isKept(name) || isMounted(name), keepsBelowTop: true };
}

function refusal(dataDir: string, mounts: readonly string[]): StowageError {
  const names = mounts.map((name) => JSON.stringify(name)).join(", ");
  const message = `mounted below ${dataDir}: ${names}. Nothing was touched; unmount or exclude this, or set mounts: "keep"`;
  return new StowageError("MOUNT_IN_DATA_DIR", message);
}
