import type { BigIntStats } from "node:fs";
import type { LocalDisk, LocalFile } from "../src/index.ts";
import { nodeDisk } from "../src/local-disk.ts";

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
      openDirectory: (path) => this.#open("openDirectory", "directory", () => nodeDisk.openDirectory(path)),
      statDirectory: (path) => this.#call("statDirectory", () => nodeDisk.statDirectory(path)),
      readDirectory: (path) => this.#call("readDirectory", () => nodeDisk.readDirectory(path)),
      lstat: (path) => this.#call("lstat", () => nodeDisk.lstat(path)),
      lstatEach: (paths) => Promise.all(paths.map((path) => this.#call("lstat", () => statOrNothing(path)))),
      openFile: (path) => this.#open("openFile", "file", () => nodeDisk.openFile(path)),
      createFile: (path) => this.#open("createFile", "file", () => nodeDisk.createFile(path)),
      rename: (from, to) => this.#call("rename", () => nodeDisk.rename(from, to)),
      link: (from, to) => this.#call("link", () => nodeDisk.link(from, to)),
      removeFile: (path) => this.#call("removeFile", () => nodeDisk.removeFile(path)),
    };
  }

  /** The call that was made to fail. */
  get failed(): string | undefined {
    return this.#fault && this.calls[this.#fault.at - 1];
  }

  async #open(call: string, kind: string, open: () => Promise<LocalFile>): Promise<LocalFile> {
    const file = await this.#call(call, open);
    this.openFiles++;
    return {
      stat: () => this.#call(`${kind}.stat`, () => file.stat()),
      read: (buffer, position) => this.#call(`${kind}.read`, () => file.read(buffer, position)),
      write: (bytes) => this.#call(`${kind}.write`, () => file.write(bytes)),
      touchEmpty: () => this.#call(`${kind}.touchEmpty`, () => file.touchEmpty()),
      sync: () => this.#call(`${kind}.sync`, () => file.sync()),
      close: async () => {
        this.openFiles--;
        await file.close(); // a failed close(2) has closed the descriptor
        await this.#call(`${kind}.close`, async () => {});
      },
    };
  }

  async #call<Result>(name: string, run: () => Promise<Result>): Promise<Result> {
    this.calls.push(name);
    if (this.calls.length === this.#fault?.at) throw diskError(this.#fault.errno, name);
    return run();
  }
}

async function statOrNothing(path: string): Promise<BigIntStats | undefined> {
  return (await nodeDisk.lstatEach([path]))[0];
}

/** Makes an error as `node:fs` throws it. */
export function diskError(errno: string, call: string): Error {
  return Object.assign(new Error(`${errno}: injected, ${call}`), { code: errno, syscall: call });
}
