import type { Place } from "./job.ts";

/** A server that runs. */
export interface Server {
  readonly place: Place;
  /** Frees the port and removes the data. */
  close(): Promise<void>;
}
