import type { FilesystemDriver } from "./driver.ts";

/** All directories of this host that hold the objects of a driver. */
export function directoriesOf({ directories, directory }: FilesystemDriver): readonly string[] {
  return directories ?? (directory === undefined ? [] : [directory]);
}
