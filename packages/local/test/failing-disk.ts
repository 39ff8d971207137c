import { type DiskDirectory, type DiskFile, nodeDisk } from "@stowage/core/driver";
import type { LocalDisk } from "../src/index.ts";

export interface Fault {
  /** The number of the call that fails, from 1 on. */
  readonly at: number;
  readonly errno: string;
}

/** The real disk, with every call counted and one of them failing. */
export class FailingDisk {
  readonly calls: string[] = [];
  readonly disk: LocalDisk;
  openFiles = 0;
  readonly #fault: Fault | undefined;

  constructor(fault?: Fault) {
    this.#fault = fault;
    this.disk = {
      makeDirectory: (path) => this.#call("makeDirectory", () => nodeDisk.makeDirectory(path)),
      openDirectory: (path, options) => this.#openDirectory(() => nodeDisk.openDirectory(path, options)),
      statDirectory: (path) => this.#call("statDirectory", () => nodeDisk.statDirectory(path)),
      readLatin1Names: (path) => this.#call("readDirectory", () => nodeDisk.readLatin1Names(path)),
      lstatExactly: (path) => this.#call("lstat", () => nodeDisk.lstatExactly(path)),
      lstatEachExactly: (paths) =>
        Promise.allSettled(paths.map((path) => this.#call("lstat", () => nodeDisk.lstatExactly(path)))),
      openFile: (path) => this.#open("openFile", () => nodeDisk.openFile(path)),
      createFile: (path) => this.#open("createFile", () => nodeDisk.createFile(path)),
      rename: (from, to) => this.#call("rename", () => nodeDisk.rename(from, to)),
      link: (from, to) => this.#call("link", () => nodeDisk.link(from, to)),
      removeFile: (path) => this.#call("removeFile", () => nodeDisk.removeFile(path)),
      realPath: (path) => this.#call("realPath", () => nodeDisk.realPath(path)),
    };
  }

  /** The call that was made to fail. */
  get failed(): string | undefined {
    return this.#fault && this.calls[this.#fault.at - 1];
  }

  async #open(call: string, open: () => Promise<DiskFile>): Promise<DiskFile> {
    const file = await this.#call(call, open);
    this.openFiles++;
    return {
      ...NOT_CALLED,
      statExactly: () => this.#call("file.stat", () => file.statExactly()),
      read: (buffer, position) => this.#call("file.read", () => file.read(buffer, position)),
      write: (bytes) => this.#call("file.write", () => file.write(bytes)),
      touchEmpty: () => this.#call("file.touchEmpty", () => file.touchEmpty()),
      sync: () => this.#call("file.sync", () => file.sync()),
      close: () => this.#close("file.close", () => file.close()),
    };
  }

  async #openDirectory(open: () => Promise<DiskDirectory>): Promise<DiskDirectory> {
    const directory = await this.#call("openDirectory", open);
    this.openFiles++;
    return {
      ...directory,
      sync: () => this.#call("directory.sync", () => directory.sync()),
      close: () => this.#close("directory.close", () => directory.close()),
    };
  }

  /** A failed close(2) has closed the descriptor. */
  async #close(call: string, close: () => void | Promise<void>): Promise<void> {
    this.openFiles--;
    await close();
    await this.#call(call, async () => {});
  }

  async #call<Result>(name: string, run: () => Result | Promise<Result>): Promise<Result> {
    this.calls.push(name);
    if (this.calls.length === this.#fault?.at) throw diskError(this.#fault.errno, name);
    return run();
  }
}

const refuse = () => Promise.reject(new Error("the driver does not do that"));

const NOT_CALLED = { stat: refuse, writeAt: refuse, setOwner: refuse, setMode: refuse, setModifiedAt: refuse };

/** Makes an error as `node:fs` throws it. */
export function diskError(errno: string, call: string): Error {
  return Object.assign(new Error(`${errno}: injected, ${call}`), { code: errno, syscall: call });
}
