import {
  type BigIntStats,
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  unlinkSync,
  writeSync,
  writevSync,
} from "node:fs";
import { realPathNow } from "./descriptor-path.ts";
import type { DiskFile, DiskOwner, ThreadDisk } from "./disk.ts";
import { CREATE_FLAGS } from "./open-flags.ts";
import { openUnlinkedNow } from "./open-unlinked.ts";
import { PLATFORM, type Platform } from "./platform.ts";
import { RealDirectory } from "./real-directory.ts";
import { type StatCalls, statCallsOn } from "./stat-calls.ts";
import { tryAgainNow } from "./try-again.ts";
import { withoutFirst } from "./without-first.ts";

/** The real disk in a thread, several times faster there for many small files than through Node's pool. */
export const nodeThreadDisk: ThreadDisk = nodeThreadDiskOn(PLATFORM);

/** The real disk in a thread, used as that of a platform is. */
export function nodeThreadDiskOn(platform: Platform): ThreadDisk {
  const stats = statCallsOn(platform);
  const fileOf = (descriptor: number) => new ThreadFile(descriptor, platform, stats);
  return {
    lstat: stats.now,
    realPath: (path) => realpathSync.native(path),
    openFile: (path) => fileOf(openUnlinkedNow(path, platform)),
    fileOf,
    openPlace: () => {
      const directory = new RealDirectory(platform);
      return {
        createFile: (path) => fileOf(openSync(directory.reach(path), CREATE_FLAGS, 0o600)),
        removeFile: (path) => tryAgainNow(platform, () => unlinkSync(directory.reach(path))),
        close: () => directory.close(),
      };
    },
  };
}

/** Tens of thousands are opened: their methods are those of a class, and made once. */
class ThreadFile implements DiskFile {
  readonly #descriptor: number;
  readonly #platform: Platform;
  readonly #stats: StatCalls;

  constructor(descriptor: number, platform: Platform, stats: StatCalls) {
    this.#descriptor = descriptor;
    this.#platform = platform;
    this.#stats = stats;
  }

  stat(): Stats {
    return this.#stats.ofDescriptor(this.#descriptor);
  }

  statExactly(): BigIntStats {
    return fstatSync(this.#descriptor, { bigint: true });
  }

  realPath(): string {
    return realPathNow(this.#descriptor, this.#platform);
  }

  read(buffer: Uint8Array, position: number): number {
    let filled = 0;
    while (filled < buffer.length) {
      const size = readSync(this.#descriptor, buffer, filled, buffer.length - filled, position + filled);
      if (size === 0) break;
      filled += size;
    }
    return filled;
  }

  write(bytes: Uint8Array): void {
    for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written);
  }

  touchEmpty(): void {
    writeSync(this.#descriptor, Buffer.alloc(1));
    ftruncateSync(this.#descriptor, 0);
  }

  writeAt(buffers: readonly Uint8Array[], position: number): void {
    const descriptor = this.#descriptor;
    let written = 0;
    for (let rest = buffers; rest.length > 0; rest = withoutFirst(buffers, written)) {
      const [only] = rest;
      const isOne = only !== undefined && rest.length === 1; // which takes half the time of a list
      const at = position + written;
      written += isOne ? writeSync(descriptor, only, 0, only.length, at) : writevSync(descriptor, rest, at);
    }
  }

  setOwner({ uid, gid }: DiskOwner): void {
    fchownSync(this.#descriptor, uid, gid);
  }

  setMode(mode: number): void {
    if (this.#platform.hasModes) fchmodSync(this.#descriptor, mode);
  }

  setModifiedAt(modifiedAt: Date): void {
    futimesSync(this.#descriptor, modifiedAt, modifiedAt);
  }

  sync(): void {
    fsyncSync(this.#descriptor);
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
