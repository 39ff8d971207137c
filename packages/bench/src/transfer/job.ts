export type Service = "s3" | "gcs";
export type Direction = "up" | "down";

/** The test double is strict and keeps data on disk; the sink checks bytes only, keeps nothing, and is fast. */
export type ServerKind = "double" | "sink";

/** Where a server listens, and who may use it. */
export interface Place {
  readonly endpoint: string;
  readonly bucket: string;
  /** A pair of keys for S3, a service account for GCS. A GCS sink takes anybody. */
  readonly credentials?: unknown;
}

/** What a server is asked for. */
export interface ServerOrder {
  readonly service: Service;
  readonly kind: ServerKind;
  readonly size: number;
  readonly seed: number;
}

export interface ServerAnswer {
  readonly place: Place;
  /** The SHA-256 of the content, in hex. */
  readonly digest: string;
}

/** What a client is asked for: one transfer. */
export interface ClientOrder {
  readonly client: string;
  readonly direction: Direction;
  readonly place: Place;
  readonly size: number;
  readonly seed: number;
  /** Whether to read an upload back, when the measurement is over. A sink has looked at every byte already. */
  readonly readsBack: boolean;
}

export interface ClientAnswer {
  /** Milliseconds from the first request to the answer of the last. */
  readonly wallMs: number;
  /** Milliseconds of user and system time meanwhile. */
  readonly cpuMs: number;
  /** Bytes that the process held at its peak, with Node and the SDK. */
  readonly peakRss: number;
  /** The SHA-256 of what came back, in hex. Absent if nothing was read. */
  readonly digest?: string;
}

/** The key that all transfers use. */
export const KEY = "content.bin";

/** Bytes of a part, and parts in flight, for all contenders. */
export const PART_SIZE = 8 * 1_024 * 1_024;
export const CONCURRENCY = 4;

const GCS_QUANTUM = 256 * 1_024;

/** Bytes of a request of a GCS upload: as for S3, but less for small content, so that it too takes several. */
export function gcsChunkSize(size: number): number {
  const quarter = Math.floor(size / 4 / GCS_QUANTUM) * GCS_QUANTUM;
  return Math.max(GCS_QUANTUM, Math.min(PART_SIZE, quarter));
}
