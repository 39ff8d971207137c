import type { Readable } from "node:stream";
import type { Place } from "../job.ts";
import type { SeededContent } from "../seeded-content.ts";

/** One way to move an object. It lies under `KEY`. */
export interface StorageClient {
  upload(content: Readable): Promise<void>;
  download(): Promise<Readable>;
  /** Lets go of connections. */
  close(): Promise<void>;
}

export interface ClientOptions {
  readonly place: Place;
  readonly content: SeededContent;
}
