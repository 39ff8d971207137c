/** What a contender has to do. */
export interface Job {
  /** The files to archive. */
  readonly source: string;
  /** The archive to make or to read. It lies alone in its directory. */
  readonly archive: string;
  /** An empty directory to extract into. */
  readonly target: string;
}

/** What a contender that runs in Node is asked for. */
export interface ClientOrder extends Job {
  /** The name that `openClient` knows. */
  readonly client: string;
}

/** How late an application got to run while a backup ran in its process, in milliseconds. */
export interface Delays {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface ClientAnswer {
  /** Milliseconds from the call to the moment that counts. */
  readonly wallMs: number;
  /** Milliseconds of user and system time of all threads meanwhile. */
  readonly cpuMs: number;
  /** Of the event loop, and of `stat` of a small file, if they were watched. */
  readonly responsiveness?: { readonly eventLoop: Delays; readonly stat: Delays };
}
