/** The text of whatever was thrown. Never throws: what has no text says what it is. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return `${typeof thrown === "object" ? "an" : "a"} ${typeof thrown} without a text was thrown`;
  }
}
