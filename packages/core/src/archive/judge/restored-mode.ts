import type { ArchiveEntry } from "../format/central-header.ts";

const TYPE = 0o170000;
/** Of a file: never set-id bits, nor that others may write. Of a directory also that its group and its names are kept. */
const MODES = { file: 0o775, directory: 0o3775 };

/**
 * The mode that an entry is restored with. Whoever owns a directory can always enter and change it, since it is moved by that. An own
 * archive is believed where a file must not be written; those of others often do not tell modes that anybody meant.
 */
export function restoredMode({ type, mode }: Pick<ArchiveEntry, "type" | "mode">, isOurs: boolean): number {
  if (type === "directory") return (mode & (TYPE | MODES.directory)) | 0o700;
  if (type === "file") return (mode & (TYPE | MODES.file)) | (isOurs ? 0o400 : 0o600);
  return mode;
}
