import type { Filesystem } from "../filesystem/filesystem.ts";
import { deleteWithAttributes } from "./attribute-files.ts";
import type { Operation } from "./operations/operations.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";

/** Deletes a backup that no operation of this process or another works on (`BUSY`). `assertFree` asks this process. */
export async function deleteBackup(
  filesystem: Filesystem,
  { key, signal }: Pick<Operation, "key" | "signal">,
  { lock, assertFree }: Pick<ManagerSettings, "lock"> & { assertFree(key: string): void },
): Promise<void> {
  await filesystem.stat(key, { signal });
  await lock.assertFree(filesystem, key, "delete", signal);
  assertFree(key);
  await deleteWithAttributes(filesystem, key, signal);
}
