/** What the object server is asked for. */
export interface ObjectServerOrder {
  /** The file that it serves as the object `backup.zip`. */
  readonly archive?: string;
  /** Objects that a list shows. */
  readonly listed: number;
  /** An empty directory that takes what is written to it. It refuses writes if that is left out. */
  readonly received?: string;
  /** Milliseconds until an answer starts. */
  readonly firstByteMs: number;
  /** Each way, of each connection. As fast as it goes if it is left out. */
  readonly bytesPerSecond?: number;
}

/** A service far away. */
export const AFAR = { firstByteMs: 30, bytesPerSecond: 80e6 };

export const BUCKET = "bench";
export const KEY = "backup.zip";
export const CREDENTIALS = { accessKeyId: "bench", secretAccessKey: "bench" };

/** Of every object and part: nobody looks at it. */
export const ETAG = '"0123456789abcdef0123456789abcdef"';

/** Where the server tells how many other requests came in. */
export const COUNTER = "/-/requests";

/** Where the server sends the object `backup.zip`, however slow it is otherwise. A DELETE has it forget what it received. */
export const RECEIVED = "/-/received";

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
  /** Holds the backups that are listed, or takes the restored tree or a local backup. */
  readonly directory: string;
  /** The files to back up, for the jobs that do. */
  readonly source?: string;
}

export interface StorageAnswer {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** Requests that the server saw meanwhile; none if there is no server. */
  readonly requests: number;
  /** Backups listed, entries found, bytes restored or fetched, or bytes of the archive that was made. */
  readonly amount: number;
}

/** An answer, and what only others can see of the process that gave it. */
export interface StorageRound extends StorageAnswer {
  /** Bytes that the process held at its peak, with Node and the benchmark. NaN without a `/proc`. */
  readonly peakRss: number;
}
