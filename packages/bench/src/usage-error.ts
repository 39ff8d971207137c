/** The command line is wrong. The message says how; the caller adds the usage. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
