import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  unlinkSync,
  writeSync,
  writevSync,
} from "node:fs";
import { descriptorPath } from "./descriptor-path.ts";
import type { DiskFile, ThreadDisk } from "./disk.ts";
import { CREATE_FLAGS, READ_FLAGS } from "./open-flags.ts";
import { RealDirectory } from "./real-directory.ts";
import { withoutFirst } from "./without-first.ts";

/** The real disk in a thread, several times faster there for many small files than through Node's pool. */
export const nodeThreadDisk: ThreadDisk = {
  lstat: (path) => lstatSync(path),
  realPath: (path) => realpathSync(path),
  openFile: (path) => fileOfDescriptor(openSync(path, READ_FLAGS)),
  fileOf: fileOfDescriptor,
  openPlace: () => {
    const directory = new RealDirectory();
    return {
      createFile: (path) => fileOfDescriptor(openSync(directory.reach(path), CREATE_FLAGS, 0o600)),
      removeFile: (path) => unlinkSync(directory.reach(path)),
      close: () => directory.close(),
    };
  },
};

function fileOfDescriptor(descriptor: number): DiskFile {
  return {
    stat: () => fstatSync(descriptor),
    statExactly: () => fstatSync(descriptor, { bigint: true }),
    realPath: () => readlinkSync(descriptorPath(descriptor)),
    read: (buffer, position) => {
      let filled = 0;
      while (filled < buffer.length) {
        const size = readSync(descriptor, buffer, filled, buffer.length - filled, position + filled);
        if (size === 0) break;
        filled += size;
      }
      return filled;
    },
    write: (bytes) => {
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
    },
    touchEmpty: () => {
      writeSync(descriptor, Buffer.alloc(1));
      ftruncateSync(descriptor, 0);
    },
    writeAt: (pieces, position) => {
      let written = 0;
      for (let rest = pieces; rest.length > 0; rest = withoutFirst(pieces, written)) {
        const [only] = rest;
        const isOne = only !== undefined && rest.length === 1; // which takes half the time of a list
        const at = position + written;
        written += isOne ? writeSync(descriptor, only, 0, only.length, at) : writevSync(descriptor, rest, at);
      }
    },
    setMode: (mode) => fchmodSync(descriptor, mode),
    setModifiedAt: (modifiedAt) => futimesSync(descriptor, modifiedAt, modifiedAt),
    sync: () => fsyncSync(descriptor),
    close: () => closeSync(descriptor),
  };
}
