/** An entry that was left out, and why: a stable kebab-case word such as "symlink", "fifo", "vanished" or "excluded". */
export interface SkippedEntry {
  readonly name: string;
  readonly reason: string;
  /** The bytes of a name that is not UTF-8; `name` shows it with replacement characters. */
  readonly nameBase64?: string;
}

const REASONS = new Map([
  [0o120000, "symlink"],
  [0o010000, "fifo"],
  [0o140000, "socket"],
  [0o020000, "device"],
  [0o060000, "device"],
]);

/** Says why something of this mode is neither a file nor a directory. */
export function reasonOfMode(mode: number): string {
  return REASONS.get(mode & 0o170000) ?? "unknown-type";
}
