import type { RecordedRequest } from "../server/recorded-request.ts";

/** What a request does, as far as the lock is concerned. */
export type RequestKind =
  /** Makes an object if the key is free. */
  | "create"
  /** Makes or replaces an object. */
  | "replace"
  | "delete"
  /** Starts or feeds an upload that shows nothing yet. */
  | "upload"
  /** Drops an upload of its own that shows nothing. */
  | "drop"
  | "list"
  | "read"
  /** Asks about an object or an upload. */
  | "look"
  | "other";

export interface LockRequest {
  readonly kind: RequestKind;
  /** Empty where the request does not say. */
  readonly key: string;
}

/** Says what a request of one protocol does. */
export type DescribeRequest = (request: RecordedRequest) => LockRequest;

/** The key of a generation starts with it. */
export const GENERATION_PREFIX = ".stowage-lock.";

export function isOfGeneration({ key }: LockRequest): boolean {
  return key.startsWith(GENERATION_PREFIX);
}

const MUTATIONS: ReadonlySet<RequestKind> = new Set(["create", "replace", "delete", "upload", "other"]);

/** Whether the request may change what others see, or prepares to. Dropping an upload of one's own does not. */
export function isMutation({ kind }: LockRequest): boolean {
  return MUTATIONS.has(kind);
}
