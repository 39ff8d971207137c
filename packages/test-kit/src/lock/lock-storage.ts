import type { RecordedRequest } from "../server/recorded-request.ts";
import type { DescribeRequest } from "./lock-request.ts";

/** A storage for whose lock processes contend. */
export interface LockStorage {
  /** Where it listens. */
  readonly target: string;
  /** What it was asked for. */
  readonly requests: readonly RecordedRequest[];
  readonly describe: DescribeRequest;
  /** The program of a client, which calls `serveTurns`. */
  readonly program: string;
  /** What a client's driver is made of, to reach the storage through a proxy. */
  storageAt(endpoint: string): object;
  /** The keys that it holds. */
  keys(): readonly string[];
}
