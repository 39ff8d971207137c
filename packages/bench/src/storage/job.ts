/** What the object server is asked for. */
export interface ObjectServerOrder {
  /** The file that it serves as the object `backup.zip`. */
  readonly archive?: string;
  /** Objects that a list shows. */
  readonly listed: number;
  /** Milliseconds until an answer starts. */
  readonly firstByteMs: number;
  /** Of each connection. As fast as it goes if it is left out. */
  readonly bytesPerSecond?: number;
}

export const BUCKET = "bench";
export const KEY = "backup.zip";
export const CREDENTIALS = { accessKeyId: "bench", secretAccessKey: "bench" };

/** Where the server tells how many other requests came in. */
export const COUNTER = "/-/requests";

/** The key of a backup in a list, so that the order of the numbers is that of the keys. */
export function listedKey(index: number): string {
  return `backup-${index.toString().padStart(7, "0")}.zip`;
}

/** What a client is asked for. */
export interface StorageOrder {
  /** The name that `openStorageJob` knows. */
  readonly job: string;
  /** Of the object server, for the jobs that need it. */
  readonly endpoint: string;
  /** Holds the backups that are listed, or takes the restored tree. */
  readonly directory: string;
}

export interface StorageAnswer {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Requests that the server saw meanwhile; none if there is no server. */
  readonly requests: number;
  /** Backups listed, entries found or bytes fetched. */
  readonly amount: number;
}
