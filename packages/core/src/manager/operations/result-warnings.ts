/** What an operation that succeeded has to say: how much, and the first of it. */
export interface ResultWarnings {
  readonly warningCount: number;
  /** The first 100: what a create left out, where a create or an upload stored no copy, what a restore, verify or extract skipped, which databases a verify did not check, what a restore moved away. */
  readonly warnings: readonly ResultWarning[];
}

/** A name in the data or in the archive, and what is with it. */
export interface ResultWarning {
  readonly name: string;
  readonly reason: string;
}

const MAX_KEPT = 100;
/** Where results keep what they warn of. The name of the list is the reason of an entry that tells none. */
const LISTS = ["warnings", "skipped", "lost"] as const;

/** Takes the warnings out of the result of any operation. A count of 0 for one that has none. */
export function warningsOf(result: unknown): ResultWarnings {
  let warningCount = 0;
  const warnings: ResultWarning[] = [];
  for (const list of LISTS) {
    const entries: unknown = typeof result === "object" && result !== null ? Reflect.get(result, list) : undefined;
    if (!Array.isArray(entries)) continue;
    warningCount += entries.length;
    for (const { name, reason = list } of entries.slice(0, MAX_KEPT - warnings.length)) {
      warnings.push({ name: String(name), reason: String(reason) });
    }
  }
  return { warningCount, warnings };
}
