import type { SkippedEntry } from "../archive/skipped-entry.ts";
import type { Copy } from "../filesystem/copy.ts";

/** Warns of each destination of a mirrored filesystem that did not store an archive, by its name. */
export function failedCopies(copies: readonly Copy[] = []): SkippedEntry[] {
  return copies.filter(({ error }) => error !== undefined).map(({ name }) => ({ name, reason: "copy-failed" }));
}
