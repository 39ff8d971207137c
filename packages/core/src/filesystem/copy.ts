import type { StowageError } from "../errors.ts";

/** One destination of a mirrored write. */
export interface Copy {
  /** The destination. */
  readonly name: string;
  /** Why it did not store the object. Absent if it did. */
  readonly error?: StowageError;
}
