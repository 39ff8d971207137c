import {
  abortError,
  type Classification,
  type FileInfo,
  type FilesystemDriver,
  type ListPage,
  type ListPageOptions,
  type ReadRangeOptions,
  rangeWithin,
  StowageError,
  type WriteObjectOptions,
} from "@stowage/core/driver";
import type { Volume } from "memfs";
import { CAPABILITIES } from "./capabilities.ts";
import { classify } from "./classify.ts";
import type { MemoryOptions } from "./memory-options.ts";
import { resolveOptions } from "./resolve-options.ts";

/** Gone before anybody else's turn comes. */
const TEMPORARY = "/.stowage-tmp";

/**
 * Keeps each object as a file in the root of a `memfs` volume. Every change is one synchronous step, so nobody
 * in this process can see half of it.
 */
export class MemoryDriver implements FilesystemDriver {
  readonly kind = "memory";
  readonly capabilities = CAPABILITIES;
  readonly #volume: Volume;

  /** `CONFIG_INVALID` for an option that is wrong, or that there is not. */
  constructor(options: MemoryOptions = {}) {
    this.#volume = resolveOptions(options).volume;
  }

  async open(): Promise<void> {
    this.#volume.mkdirSync("/", { recursive: true });
  }

  async stat(key: string): Promise<FileInfo> {
    return this.#describe(key);
  }

  async list({ prefix, limit, cursor, signal }: ListPageOptions): Promise<ListPage> {
    if (signal.aborted) throw abortError(signal);
    const files: FileInfo[] = [];
    for (const key of this.#sortedNames(prefix, cursor)) {
      if (files.length === limit) return { files, cursor: files.at(-1)?.key };
      if (this.#isObject(key)) files.push(this.#describe(key));
    }
    return { files };
  }

  /** Copies the bytes at once, so that whatever happens to the object, its readers go on with what they opened. */
  async read(
    key: string,
    { range, signal }: ReadRangeOptions,
  ): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    if (signal.aborted) throw abortError(signal);
    const info = this.#describe(key);
    const { start, end } = rangeWithin(range, info.size);
    return { info, content: yieldChunks(this.#copy(key, start, end), signal) };
  }

  async write(
    key: string,
    content: AsyncIterable<Uint8Array>,
    { ifNotExists, signal }: WriteObjectOptions,
  ): Promise<FileInfo> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    if (signal.aborted) throw abortError(signal);
    this.#commit(key, bytes, { createOnly: ifNotExists ?? false });
    return this.#describe(key);
  }

  async delete(key: string): Promise<void> {
    if (this.#isObject(key)) this.#volume.unlinkSync(path(key));
  }

  async close(): Promise<void> {}

  classify(error: unknown): Classification {
    return classify(error);
  }

  #describe(key: string): FileInfo {
    if (!this.#isObject(key)) throw new StowageError("NOT_FOUND", "no object lies there");
    const { size, mtime } = this.#volume.lstatSync(path(key));
    return { key, size: Number(size), modifiedAt: mtime };
  }

  /** A file of its own first: when memory runs out, the volume leaves the file that it was writing empty. */
  #commit(key: string, bytes: Uint8Array, { createOnly }: { createOnly: boolean }): void {
    const present = this.#volume.lstatSync(path(key), { throwIfNoEntry: false });
    if (createOnly && present) throw new StowageError("ALREADY_EXISTS", "the key is taken");
    if (present?.isDirectory()) throw new StowageError("CONFIG_INVALID", "volume: a folder has the name of the key");
    try {
      this.#volume.writeFileSync(TEMPORARY, bytes);
      this.#volume.renameSync(TEMPORARY, path(key));
    } finally {
      this.#volume.rmSync(TEMPORARY, { force: true });
    }
  }

  #isObject(key: string): boolean {
    return this.#volume.lstatSync(path(key), { throwIfNoEntry: false })?.isFile() ?? false;
  }

  /** The keys that start with `prefix` and follow `cursor`, by UTF-8 bytes: JavaScript's own order is another. */
  #sortedNames(prefix: string, cursor: string | undefined): string[] {
    const after = cursor === undefined ? undefined : Buffer.from(cursor);
    return this.#volume
      .readdirSync("/")
      .map(String)
      .filter((name) => name.startsWith(prefix))
      .map((name) => Buffer.from(name))
      .filter((name) => after === undefined || Buffer.compare(name, after) > 0)
      .sort(Buffer.compare)
      .map((name) => name.toString());
  }

  #copy(key: string, start: number, end: number): Uint8Array {
    const bytes = Buffer.allocUnsafeSlow(end - start);
    const descriptor = this.#volume.openSync(path(key), "r");
    try {
      const size = this.#volume.readSync(descriptor, bytes, 0, bytes.length, start);
      return bytes.subarray(0, size);
    } finally {
      this.#volume.closeSync(descriptor);
    }
  }
}

/** The only place where a key becomes a path. */
function path(key: string): string {
  return `/${key}`;
}

const CHUNK_SIZE = 512 * 1_024;

async function* yieldChunks(bytes: Uint8Array, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_SIZE) {
    if (signal.aborted) throw abortError(signal);
    yield bytes.subarray(start, start + CHUNK_SIZE);
  }
}
