import type { Filesystem, FilesystemDriver } from "@stowage/core";
import type { Elsewhere } from "./elsewhere.ts";
import type { Floor } from "./floor.ts";

/** Makes places for cases. */
export interface Harness {
  /**
   * Returns an empty place that nobody else uses: a fresh directory, or a random prefix in a bucket. It is told for which case: what
   * costs much, such as a proxy for `outage`, need only be there for those that have it among their `needs`.
   */
  create(contractCase?: { readonly id: string; readonly needs?: readonly string[] }): Promise<Namespace> | Namespace;
}

/** A place for one case. The optional members each enable cases that are skipped without them. */
export interface Namespace {
  /** Makes a handle, without I/O. All handles of a namespace reach the same objects. The suite closes them. */
  open(): Filesystem;
  /** Makes a handle with wrong credentials. */
  openDenied?(): Filesystem;
  /** Makes a handle on a bucket that does not exist, or on a directory that cannot be one. */
  openMissing?(): Filesystem;
  /** Makes a handle on a port that nobody listens on. */
  openUnreachable?(): Filesystem;
  /** Makes a handle on a server that takes connections and never answers. */
  openSilent?(): Filesystem;
  /** Puts beside and below the objects what is none of them: sub-folders, links, objects outside the prefix. Gone with the place. */
  neighbours?(): Promise<void>;
  /**
   * Lets the storage fail or be out of reach, for handles that are open too, and resolves with what ends that. The objects stay.
   */
  outage?(): Promise<() => Promise<void> | void>;
  /** Names what a failed write left behind and `list` does not show: temporary files, open multipart uploads. */
  residue?(): Promise<readonly string[]>;
  /** Opens the place in another process, which `otherProcess` drives. */
  elsewhere?(): Promise<Elsewhere> | Elsewhere;
  /** Starts to write `key` in another process, and kills that process (SIGKILL) before the content ends. */
  killWriter?(key: string): Promise<void>;
  /** The storage's own functions, called directly, on this place: what a benchmark compares the driver with. */
  readonly floor?: Floor;
  /** How many requests were sent to the storage so far, by the driver and the floor. */
  requests?(): number;
  /** The secrets that the handles were made with. No error may show one. */
  readonly secrets?: readonly string[];
  /** Builds the portable class around a driver. Only for tests of the suite, which put a broken one here. */
  through?(driver: FilesystemDriver): Filesystem;
  /** Whether `dispose` throws the place away with all that lies in it, so that nothing need be deleted before. */
  readonly isThrownAway?: boolean;
  /** Releases the place. Unless it is thrown away, everything that the case wrote is deleted. Every handle is closed. */
  dispose?(): Promise<void> | void;
}
