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

/** The most names of one kind that a report tells. */
const REPORTED_MAX = 1_000;

/** Cuts a long list of entries of one kind: a name or two would do, and there may be a million. */
export function upTo(entries: readonly SkippedEntry[]): SkippedEntry[] {
  const [first] = entries;
  if (!first || entries.length <= REPORTED_MAX) return [...entries];
  const more = { name: `and ${entries.length - REPORTED_MAX} more`, reason: first.reason };
  return [...entries.slice(0, REPORTED_MAX), more];
}
