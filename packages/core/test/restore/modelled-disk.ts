import { type BigIntStats, Stats } from "node:fs";
import type {
  Disk,
  DiskDirectory,
  DiskFile,
  DiskPath,
  DiskThreads,
  ThreadDisk,
  ThreadPlace,
} from "../../src/disk/disk.ts";
import { inBigInts } from "../disk/in-big-ints.ts";
import { assertRenamable, deviceOf, tableOf } from "../disk/mount-table.ts";
import { threadsHere } from "../disk/threads-here.ts";
import { type DiskEvent, type DiskImage, DiskModel, ROOT, type Slot } from "./disk-model.ts";
import { partsOf } from "./image-tree.ts";

export interface ModelledDiskOptions {
  readonly ordersNames?: boolean;
  /** Is asked before each call, such as "rename /a /b": whether it fails, or pretends to have done its work. */
  readonly intercept?: (call: string) => Error | "skip" | undefined;
  /** Where something else is mounted: a device of its own, from which and to which nothing can be renamed. */
  readonly mounts?: readonly string[];
  /** Whether everything on a device is made durable at once. */
  readonly syncsFileSystems?: boolean;
  /** Whether threads work on it, as they do in production. They do when left out. */
  readonly hasThreads?: boolean;
}

/** A disk in memory that records every change and sync, so that power can be cut after any of them. */
export class ModelledDisk implements Disk, ThreadDisk {
  readonly events: DiskEvent[] = [];
  readonly calls: string[] = [];
  readonly model: DiskModel;
  /** What was on it at first. */
  readonly start: DiskImage;
  /** What production has on a real disk; without them an operation takes Node's pool. */
  readonly threads: DiskThreads | undefined;
  readonly #intercept: NonNullable<ModelledDiskOptions["intercept"]>;
  readonly #opened: DiskFile[] = [];
  readonly #mounts: readonly string[];
  readonly #syncsFileSystems: boolean;

  constructor(image: DiskImage, options: ModelledDiskOptions = {}) {
    const { ordersNames = false, intercept = () => undefined, mounts = [] } = options;
    const { syncsFileSystems = false, hasThreads = true } = options;
    this.start = image;
    this.#mounts = mounts;
    this.#syncsFileSystems = syncsFileSystems;
    this.model = new DiskModel(image, { ordersNames });
    this.#intercept = intercept;
    this.threads = hasThreads ? threadsHere(this) : undefined;
  }

  fileOf(descriptor: number): DiskFile {
    const file = this.#opened[descriptor];
    if (!file) throw failure("EBADF", String(descriptor));
    return file;
  }

  openPlace(): ThreadPlace {
    return {
      createFile: (path) => this.createFile(path),
      removeFile: (path) => this.removeFile(path),
      close: () => {},
    };
  }

  /** Brings the disk to where another one was after these events. */
  replay(events: readonly DiskEvent[]): this {
    for (const event of events) this.#record(event);
    return this;
  }

  mark(text: string): void {
    this.#record({ kind: "mark", text });
  }

  inodeOf(path: string): number {
    return this.#find(path);
  }

  async lstat(path: DiskPath): Promise<Stats> {
    this.#call(`lstat ${path}`);
    return this.#stats(this.#find(path), 1 + deviceOf(String(path), this.#mounts));
  }

  lstatEach(paths: readonly DiskPath[]): Promise<PromiseSettledResult<Stats>[]> {
    return Promise.allSettled(paths.map((path) => this.lstat(path)));
  }

  async lstatExactly(path: string): Promise<BigIntStats> {
    return inBigInts(await this.lstat(path));
  }

  lstatEachExactly(paths: readonly string[]): Promise<PromiseSettledResult<BigIntStats>[]> {
    return Promise.allSettled(paths.map((path) => this.lstatExactly(path)));
  }

  statDirectory(path: string): Promise<BigIntStats> {
    return this.lstatExactly(path);
  }

  async readLatin1Names(path: string): Promise<string[]> {
    return (await this.readDirectory(path)).map((name) => name.toString("latin1"));
  }

  /** There are no links that lead anywhere. */
  async realPath(path: string): Promise<string> {
    return path;
  }

  async readDirectory(path: DiskPath): Promise<Buffer[]> {
    this.#call(`readDirectory ${path}`);
    return [...this.#names(this.#find(path)).keys()].map((name) => Buffer.from(name));
  }

  /** Nothing here swaps a directory: it is what lies at its path. */
  async openDirectory(path: string): Promise<DiskDirectory> {
    return {
      realPath: async () => path,
      readNames: () => this.readDirectory(path),
      lstatChildren: (names) => Promise.allSettled(names.map((name) => this.lstat(`${path}/${name}`))),
      readLink: (name) => this.readLink(`${path}/${name}`),
      sync: () => this.syncDirectory(path),
      close: async () => {},
    };
  }

  async openFile(path: string): Promise<DiskFile> {
    this.#call(`openFile ${path}`);
    if (path === "/proc/self/mountinfo") return this.#file(path, () => tableOf(["/", ...this.#mounts]));
    const inode = this.#find(path);
    return this.#file(path, () => this.#content(inode), inode);
  }

  async createFile(path: string): Promise<DiskFile> {
    const at = this.#free(`createFile ${path}`, path);
    const inode = this.model.live.nextInode;
    this.#record({ kind: "create", inode, at, isDirectory: false });
    return this.#file(path, () => this.#content(inode), inode);
  }

  async makeDirectory(path: string): Promise<void> {
    const at = this.#free(`makeDirectory ${path}`, path);
    this.#record({ kind: "create", inode: this.model.live.nextInode, at, isDirectory: true });
  }

  async readLink(path: DiskPath): Promise<Buffer> {
    this.#call(`readLink ${path}`);
    const content = this.#content(this.#find(path));
    if (!String(content).startsWith(LINK)) throw failure("EINVAL", path);
    return content.subarray(LINK.length);
  }

  /** Where it leads is there as soon as its name is. */
  async makeLink(path: string, target: string): Promise<void> {
    const at = this.#free(`makeLink ${path}`, path);
    const content = Buffer.from(`${LINK}${target}`);
    this.#record({ kind: "create", inode: this.model.live.nextInode, at, isDirectory: false, content });
  }

  async setLinkModifiedAt(path: string): Promise<void> {
    this.#call(`setLinkModifiedAt ${path}`);
    this.#find(path);
  }

  async rename(source: DiskPath, target: DiskPath): Promise<void> {
    if (this.#call(`rename ${source} ${target}`) === "skip") return;
    const inode = this.#find(source);
    const at = this.#slot(target);
    assertRenamable(String(source), String(target), this.#mounts);
    const replaced = this.#names(at.directory).get(at.name);
    const names = replaced === undefined ? undefined : this.model.live.directories.get(replaced);
    if (names && names.size > 0) throw failure("ENOTEMPTY", target);
    if (replaced !== undefined && Boolean(names) !== this.model.live.directories.has(inode)) {
      throw failure(names ? "EISDIR" : "ENOTDIR", target);
    }
    this.#record({ kind: "rename", inode, from: this.#slot(source), at });
  }

  async whyNotMovable(source: string, full: string): Promise<NodeJS.ErrnoException | undefined> {
    this.#call(`whyNotMovable ${source}`);
    this.#find(source);
    if (this.#names(this.#find(full)).size === 0) throw new Error(`${full} is empty: a rename could replace it`);
    return undefined;
  }

  async link(source: string, target: string): Promise<void> {
    const at = this.#free(`link ${source} ${target}`, target);
    this.#record({ kind: "link", inode: this.#find(source), at });
  }

  async removeFile(path: DiskPath): Promise<void> {
    this.#call(`removeFile ${path}`);
    const inode = this.#find(path);
    if (this.model.live.directories.has(inode)) throw failure("EISDIR", path);
    this.#record({ kind: "remove", inode, at: this.#slot(path) });
  }

  async removeDirectory(path: DiskPath): Promise<void> {
    this.#call(`removeDirectory ${path}`);
    const inode = this.#find(path);
    if (this.#mounts.includes(String(path))) throw failure("EBUSY", path);
    if (this.#names(inode).size > 0) throw failure("ENOTEMPTY", path);
    this.#record({ kind: "remove", inode, at: this.#slot(path) });
  }

  async setOwner(path: string): Promise<void> {
    this.#call(`setOwner ${path}`);
    this.#find(path);
  }

  async setMode(path: string): Promise<void> {
    this.#call(`setMode ${path}`);
    this.#find(path);
  }

  async setModifiedAt(path: string): Promise<void> {
    this.#call(`setModifiedAt ${path}`);
    this.#find(path);
  }

  async syncDirectory(path: string): Promise<void> {
    this.#sync(`syncDirectory ${path}`, () => [this.#find(path)]);
  }

  async prefersFileSystemSync(path: string): Promise<boolean> {
    this.#call(`prefersFileSystemSync ${path}`);
    return this.#syncsFileSystems;
  }

  /** Syncs one inode after the other, so that the power may fail in between. Mounts are not told apart. */
  async syncFileSystem(path: string): Promise<void> {
    const { files, directories } = this.model.live;
    this.#sync(`syncFileSystem ${path}`, () => [...files.keys(), ...directories.keys()]);
  }

  async freeSpace(path: string): Promise<number> {
    this.#call(`freeSpace ${path}`);
    return 1e9;
  }

  #file(path: string, content: () => Buffer, inode = -1): DiskFile {
    const called = async (name: string) => void this.#call(`file.${name} ${path}`);
    const file: DiskFile = {
      descriptor: this.#opened.length,
      stat: async () => {
        await called("stat");
        return this.#stats(inode);
      },
      statExactly: async () => {
        await called("stat");
        return inBigInts(this.#stats(inode));
      },
      touchEmpty: async () => {},
      read: async (buffer, position) => {
        await called("read");
        return content().copy(buffer, 0, position);
      },
      write: async (bytes) => {
        await called("write");
        this.#record({ kind: "write", inode, bytes: Buffer.from(bytes) });
      },
      writeAt: async (pieces, position) => {
        await called("writeAt");
        this.#record({ kind: "write", inode, bytes: Buffer.concat(pieces), position });
      },
      setOwner: () => called("setOwner"),
      setMode: () => called("setMode"),
      setModifiedAt: () => called("setModifiedAt"),
      sync: async () => this.#sync(`file.sync ${path}`, () => [inode]),
      close: () => called("close"),
    };
    this.#opened.push(file);
    return file;
  }

  #call(call: string): "skip" | undefined {
    this.calls.push(call);
    const answer = this.#intercept(call);
    if (answer instanceof Error) throw answer;
    return answer;
  }

  #sync(call: string, find: () => readonly number[]): void {
    this.calls.push(call);
    const answer = this.#intercept(call);
    if (answer === "skip") return;
    for (const inode of find()) this.#record({ kind: answer ? "failed sync" : "sync", inode });
    if (answer) throw answer;
  }

  #record(event: DiskEvent): void {
    this.events.push(event);
    this.model.apply(event);
  }

  #find(path: DiskPath): number {
    let inode = ROOT;
    for (const name of partsOf(String(path))) {
      if (name === ".") continue;
      const next = this.#names(inode).get(name);
      if (next === undefined) throw failure("ENOENT", path);
      inode = next;
    }
    return inode;
  }

  #slot(path: DiskPath): Slot {
    const parts = partsOf(String(path));
    const name = parts.pop() ?? "";
    return { directory: this.#find(parts.join("/")), name };
  }

  #free(call: string, path: string): Slot {
    this.#call(call);
    const at = this.#slot(path);
    if (this.#names(at.directory).has(at.name)) throw failure("EEXIST", path);
    return at;
  }

  #names(inode: number): Map<string, number> {
    const names = this.model.live.directories.get(inode);
    if (!names) throw failure("ENOTDIR", String(inode));
    return names;
  }

  #content(inode: number): Buffer {
    return this.model.live.files.get(inode) ?? Buffer.alloc(0);
  }

  #stats(inode: number, dev = 1): Stats {
    const isDirectory = this.model.live.directories.has(inode);
    const isLink = String(this.#content(inode)).startsWith(LINK);
    const fileMode = isLink ? 0o120777 : 0o100644;
    const mode = isDirectory ? 0o40755 : fileMode;
    const size = this.#content(inode).length;
    // Who made what was there at first is not who restores, so that root has owners to set.
    const isOld = this.start.directories.has(inode) || this.start.files.has(inode);
    const [uid, gid] = isOld ? [1000, 1000] : [0, 0];
    const fields = { uid, gid, dev, ino: inode, mode, size, mtime: new Date(0), mtimeMs: 0, ctimeMs: 0, nlink: 1 };
    return Object.assign(Object.create(Stats.prototype) as Stats, fields);
  }
}

/** What a file begins with that stands for a symbolic link. */
const LINK = "-> ";

function failure(code: string, path: DiskPath): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
