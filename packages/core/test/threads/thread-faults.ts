import type { DiskFile, ThreadDisk } from "../../src/disk/disk.ts";

/** What goes wrong at disk calls, in whatever thread they are made: they are counted together. */
export interface ThreadFaults {
  /** A counter that all threads share. */
  readonly calls: SharedArrayBuffer;
  /** The call at which it begins, from 1 on; 0 for never. */
  readonly at: number;
  /** Whether it goes on. */
  readonly onwards?: boolean;
  /** What happens: an error with this code, or the end of the process. */
  readonly what: { readonly code: string } | "SIGKILL";
  /** What a thread pretends to have done. */
  readonly leavesOut?: "sync" | "setMode" | "setModifiedAt";
  /** Counts the syncs that are not left out. */
  readonly syncs?: SharedArrayBuffer;
}

/** Says before each call whether it fails. */
export class FaultCounter {
  readonly #faults: ThreadFaults;
  readonly #calls: Int32Array;

  constructor(faults: ThreadFaults) {
    this.#faults = faults;
    this.#calls = new Int32Array(faults.calls);
  }

  /** How many calls there were, in all threads. */
  get count(): number {
    return Atomics.load(this.#calls, 0);
  }

  /** Counts a call. Throws, or ends the process, if its turn has come. */
  call(name: string): void {
    const { at, onwards = false, what } = this.#faults;
    const number = Atomics.add(this.#calls, 0, 1) + 1;
    if (at === 0 || number < at || (number > at && !onwards)) return;
    if (what === "SIGKILL") process.kill(process.pid, what);
    else throw Object.assign(new Error(`${what.code}: injected into call ${number}, ${name}`), { code: what.code });
  }
}

/** A disk of a thread with these faults. */
export function faultyThreadDisk(disk: ThreadDisk, faults: ThreadFaults): ThreadDisk {
  const counter = new FaultCounter(faults);
  const counted = <Result>(name: string, perform: () => Result): Result => {
    counter.call(name);
    return perform();
  };
  const file = (opened: DiskFile): DiskFile => ({
    realPath: () => counted("realPath", () => opened.realPath?.() ?? ""),
    statExactly: () => counted("stat", () => opened.statExactly()),
    touchEmpty: () => counted("touchEmpty", () => opened.touchEmpty()),
    stat: () => counted("stat", () => opened.stat()),
    read: (buffer, position) => counted("read", () => opened.read(buffer, position)),
    write: (bytes) => counted("write", () => opened.write(bytes)),
    writeAt: (pieces, position) => counted("writeAt", () => opened.writeAt(pieces, position)),
    setOwner: (owner) => counted("setOwner", () => opened.setOwner(owner)),
    setMode: (mode) => counted("setMode", () => done("setMode", () => opened.setMode(mode))),
    setModifiedAt: (at) => counted("setModifiedAt", () => done("setModifiedAt", () => opened.setModifiedAt(at))),
    sync: () => counted("sync", () => done("sync", () => synced(opened))),
    close: () => {
      opened.close();
      counter.call("close");
    },
  });
  const done = (name: ThreadFaults["leavesOut"], perform: () => unknown) => {
    if (faults.leavesOut !== name) perform();
  };
  const synced = (opened: DiskFile) => {
    opened.sync();
    if (faults.syncs) Atomics.add(new Int32Array(faults.syncs), 0, 1);
  };
  return {
    lstat: (path) => counted("lstat", () => disk.lstat(path)),
    realPath: (path) => counted("realPath", () => disk.realPath(path)),
    openFile: (path) => counted("openFile", () => file(disk.openFile(path) as DiskFile)),
    fileOf: (descriptor) => file(disk.fileOf(descriptor)),
    openPlace: () => {
      const place = disk.openPlace();
      return {
        createFile: (path) => counted("createFile", () => file(place.createFile(path) as DiskFile)),
        removeFile: (path) => counted("removeFile", () => place.removeFile(path)),
        close: () => place.close(),
      };
    },
  };
}
