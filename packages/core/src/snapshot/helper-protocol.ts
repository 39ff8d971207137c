import type { FileIdentity } from "../disk/open-files.ts";

/** What the helper process is asked to do, one job after the other: closing a file there would drop the locks of its own copy. */
export type HelperJob =
  /** Says of each file what its first bytes make it. */
  | { readonly kind: "identify"; readonly paths: readonly string[] }
  /** Copies a database through SQLite. `lookIn` are the places from which a binding may be loaded, `waitMs` is for locks. */
  | ({ readonly kind: "copy" } & CopyOrder & BindingOptions & { readonly waitMs: number })
  /** Copies a file of a database that nobody uses. Refuses (`IN_USE`) if somebody does, or may. */
  | ({ readonly kind: "copy-quiet" } & CopyOrder)
  /** Checks a database, quickly or fully, and returns what is wrong with it. */
  | ({ readonly kind: "check"; readonly path: string; readonly isFull: boolean } & BindingOptions)
  /** Fails (`NO_BINDING`) where there is nothing to open databases with. */
  | ({ readonly kind: "find-binding" } & BindingOptions)
  | { readonly kind: "open"; readonly path: string }
  | { readonly kind: "stat"; readonly handle: number }
  | { readonly kind: "read"; readonly handle: number; readonly position: number; readonly size: number }
  | { readonly kind: "close"; readonly handle: number };

/** What is copied whereto. If another file than that lies there by then the copy fails (`MOVED`), and what was copied is not to be used. */
interface CopyOrder {
  readonly from: string;
  readonly to: string;
  readonly identity: FileIdentity;
}

interface BindingOptions {
  readonly lookIn: readonly string[];
}

/** What the first bytes of a file make it: a database, the log or the journal of one, or none of these. */
export type FileKind = "database" | "log" | "journal" | "other";

/** What `stat` says, as far as a backup asks. */
export interface FileFacts {
  readonly dev: number;
  readonly ino: number;
  readonly mode: number;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

export interface HelperRequest {
  readonly id: number;
  readonly job: HelperJob;
}

/** The code of a failure: of this list, or what the operating system calls it. */
type HelperFailureCode = "NO_BINDING" | "LOCKED" | "IN_USE" | "DAMAGED" | "MOVED" | (string & {});

export type HelperAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: { readonly code: HelperFailureCode; readonly message: string } }
  | { readonly id: number; readonly progress: { readonly done: number; readonly total: number } };
