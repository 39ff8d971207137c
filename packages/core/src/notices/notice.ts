import type { StowageError } from "../errors.ts";

/** Something of which somebody must be told, who does not watch. */
export type Notice = {
  readonly at: Date;
  /** The instant of the schedule that it is about. */
  readonly scheduledFor: Date;
} & (
  | { readonly kind: "failed"; readonly operation: string; readonly key: string; readonly error: StowageError }
  /** It was stored, but not everywhere: the names of the places of a mirrored filesystem that do not have it. */
  | {
      readonly kind: "incomplete";
      readonly operation: string;
      readonly key: string;
      readonly destinations: readonly string[];
    }
  /** The process ended while the operation ran. */
  | { readonly kind: "interrupted"; readonly operation: string; readonly key: string }
  /** So many instants passed without a run, as while the host slept. */
  | { readonly kind: "missed"; readonly count: number }
  /** The first success after a failure. */
  | { readonly kind: "recovered"; readonly operation: string; readonly key: string }
);

/** One line for people. */
export function noticeText(notice: Notice): string {
  const about = `of ${notice.scheduledFor.toISOString()}`;
  switch (notice.kind) {
    case "failed":
      return `the ${notice.operation} ${about} failed: ${notice.error.code}: ${notice.error.message}`;
    case "incomplete":
      return `the ${notice.operation} ${about} was not stored in ${notice.destinations.join(", ")}: ${notice.key}`;
    case "interrupted":
      return `the ${notice.operation} ${about} was interrupted: its process ended`;
    case "missed":
      return `${notice.count} scheduled instants before that ${about} passed without a run`;
    case "recovered":
      return `the ${notice.operation} ${about} succeeded, after a failure: ${notice.key}`;
  }
}
