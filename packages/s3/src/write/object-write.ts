import type { RetentionInput } from "./retention.ts";

/** One write, whatever requests it takes. */
export interface ObjectWrite {
  readonly key: string;
  /** Tells this write's object from any other's. */
  readonly id: string;
  readonly ifNotExists: boolean;
  readonly contentType: string | undefined;
  readonly retention: RetentionInput;
  /** Bytes, known when the content has ended. */
  readonly size: number;
}
