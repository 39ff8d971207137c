import type { Filesystem, FilesystemDriver } from "@stowage/core";
import type { Elsewhere } from "./elsewhere.ts";

/** Makes places for cases. */
export interface Harness {
  /** Returns an empty place that nobody else uses: a fresh directory, or a random prefix in a bucket. */
  create(): Promise<Namespace> | Namespace;
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
  /** The secrets that the handles were made with. No error may show one. */
  readonly secrets?: readonly string[];
  /** Builds the portable class around a driver. Only for tests of the suite, which put a broken one here. */
  through?(driver: FilesystemDriver): Filesystem;
  /** Releases the place. Everything that the case wrote is deleted, and every handle is closed. */
  dispose?(): Promise<void> | void;
}
