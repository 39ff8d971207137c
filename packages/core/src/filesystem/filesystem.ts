import type { Readable } from "node:stream";
import { onAbort } from "../abort.ts";
import { StowageError } from "../errors.ts";
import { assertDriver } from "./assert-driver.ts";
import { callContext, checked } from "./call-options.ts";
import { Calls } from "./calls.ts";
import { CheckedContent } from "./content/checked-content.ts";
import { ContentStream } from "./content/content-stream.ts";
import { type Content, openSource, type Source } from "./content/source.ts";
import { directoriesOf } from "./directories-of.ts";
import type { Capabilities, FileInfo, FilesystemDriver, SignUrlOptions } from "./driver.ts";
import { checkedInfo, checkedPage } from "./driver-results.ts";
import type { ListOptions, SignalOption } from "./filesystem-options.ts";
import { assertMemory, fillMemory, type ReadIntoOptions } from "./fill-memory.ts";
import { assertValidKey, assertValidPrefix } from "./key.ts";
import { listPages } from "./list-pages.ts";
import { openContent } from "./open-content.ts";
import { assertValidRange, type ReadRange, rangeSize } from "./read-range.ts";
import { inContext } from "./wrap-error.ts";
import { assertAdmissible, assertPositiveInteger, assertWritable, type WriteOptions } from "./write-rules.ts";

/** Known to every copy of this package, and to every later version whose filesystems can be used in the same way. */
const BRAND = Symbol.for("@stowage/core/Filesystem/1");
const WEEK_MS = 7 * 24 * 60 * 60 * 1_000;

/**
 * Keeps objects under flat keys, wherever its driver puts them. Opens itself with the first call; a failed open is
 * tried again by the next one. Every method rejects with a {@link StowageError}, and with `ABORTED` when its signal aborts
 * and the driver has stopped: one that ignores the signal is waited for.
 */
export class Filesystem implements AsyncDisposable {
  /** The driver, for wrappers such as `prefixed`. */
  readonly driver: FilesystemDriver;
  readonly [BRAND] = true;
  readonly #calls: Calls;

  /** A filesystem of another copy of this package is an instance too. */
  static [Symbol.hasInstance](value: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a class that extends this one inherits the method, and has instances of its own.
    if (this !== Filesystem) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && BRAND in value;
  }

  /** `CONFIG_INVALID` for something that cannot be a driver. Does no I/O. */
  constructor(driver: FilesystemDriver) {
    assertDriver(driver);
    this.driver = driver;
    this.#calls = new Calls(driver);
  }

  /** The driver's short name, such as "s3". */
  get kind(): string {
    return this.driver.kind;
  }

  get capabilities(): Capabilities {
    return this.driver.capabilities;
  }

  /** The directory of this host that holds the objects, if they are files there. */
  get directory(): string | undefined {
    return this.driver.directory;
  }

  /** All directories of this host that hold objects: several of a mirrored filesystem, none of one that is elsewhere. */
  get directories(): readonly string[] {
    return directoriesOf(this.driver);
  }

  /** Reaches the storage now rather than with the first call. */
  async open(options: SignalOption = {}): Promise<void> {
    await this.#calls.run(callContext("open", options), async () => {});
  }

  /** Describes the object. `NOT_FOUND` if the key is missing. */
  async stat(key: string, options: SignalOption = {}): Promise<FileInfo> {
    return this.#stat("stat", key, options);
  }

  /** Says whether the key is taken. Any failure but `NOT_FOUND` rejects. */
  async exists(key: string, options: SignalOption = {}): Promise<boolean> {
    try {
      await this.#stat("exists", key, options);
      return true;
    } catch (error) {
      if (error instanceof StowageError && error.code === "NOT_FOUND") return false;
      throw error;
    }
  }

  /** Yields all objects in UTF-8 byte order of their keys, and fetches page after page as they are asked for. */
  async *list(options: ListOptions = {}): AsyncGenerator<FileInfo, void, void> {
    for await (const files of this.listPages(options)) {
      for (const file of files) yield file;
    }
  }

  /** Yields what `list` does, a page at a time, which costs less for thousands of objects. No page is empty. */
  async *listPages(options: ListOptions = {}): AsyncGenerator<readonly FileInfo[], void, void> {
    const context = callContext("list", options);
    const { prefix = "", pageSize } = options;
    checked(context, () => {
      assertValidPrefix(prefix);
      assertPositiveInteger("pageSize", pageSize);
    });
    const most = this.capabilities.limits.pageSize;
    const limit = Math.min(pageSize ?? most, most);
    const page = (cursor?: string) =>
      this.#calls.run(context, async (signal) =>
        checkedPage(await this.driver.list({ prefix, limit, cursor, signal })),
      );
    try {
      yield* listPages(page);
    } catch (error) {
      throw error instanceof StowageError ? inContext(error, context) : error;
    }
  }

  /**
   * Opens the object: its description, with the size of the whole object, and the bytes from `start` up to, not
   * including, `end`. An `end` behind the object's is cut off. `NOT_FOUND`; `RANGE_NOT_SATISFIABLE` for a start behind
   * the last byte. The content fails rather than end early (`SIZE_MISMATCH`). Destroy content that you do not read.
   */
  async read(key: string, options: ReadRange & SignalOption = {}): Promise<{ info: FileInfo; content: Readable }> {
    const context = callContext("read", options, key);
    const { start, end } = options;
    checked(context, () => {
      assertValidKey(key);
      assertValidRange({ start, end });
    });
    const call = this.#calls.begin(context);
    try {
      await call.opened();
      const opening = openContent(this.driver, key, { range: { start, end }, signal: call.signal });
      const { info, content } = await call.within(opening);
      const stream = new ContentStream(content, {
        size: rangeSize({ start, end }, info.size),
        wrap: call.wrap,
        onClose: call.end,
      });
      onAbort(call.signal, () => stream.abort(call.wrap(call.signal.reason)));
      return { info, content: stream };
    } catch (error) {
      call.end();
      throw call.wrap(error);
    }
  }

  /**
   * Reads the bytes from `start` on that fill `memory`, and resolves with the description of the object once they are there.
   * Costs less than {@link read} where all of a range is wanted. Rejects like it, and with `SIZE_MISMATCH` if the object ends before.
   * `check` may throw at the description before more than a chunk is read.
   */
  async readInto(memory: Uint8Array, key: string, options: ReadIntoOptions & SignalOption): Promise<FileInfo> {
    const context = callContext("readInto", options, key);
    const { start, check = () => {} } = options;
    const range = { start, end: start + memory?.length };
    checked(context, () => {
      assertValidKey(key);
      assertMemory(memory);
      assertValidRange(range);
    });
    return this.#calls.run(context, async (signal) => {
      const { info, content } = await openContent(this.driver, key, { range, signal, memory });
      await fillMemory(memory, content, () => check(info));
      return info;
    });
  }

  /**
   * Stores all of `content` under `key` and replaces an object already there: all or nothing, at the end of the content.
   * Content that throws is `SOURCE_UNREADABLE`, with its own error as cause; it is cancelled if the write fails otherwise.
   */
  async write(key: string, content: Content, options: WriteOptions = {}): Promise<FileInfo> {
    const source = checked({ operation: "write", key }, () => openSource(content));
    try {
      const context = callContext("write", options, key);
      checked(context, () => {
        assertValidKey(key);
        assertWritable(options, this.capabilities);
      });
      const { size, sizeBound, ifNotExists, contentType } = options; // by name: they may be inherited
      const given = { size, sizeBound, ifNotExists, contentType };
      return await this.#calls.run(context, (signal) => this.#commit(key, source, { ...given, signal }));
    } catch (error) {
      source.cancel();
      throw error;
    }
  }

  /** Removes the object. A missing key resolves. */
  async delete(key: string, options: SignalOption = {}): Promise<void> {
    const context = callContext("delete", options, key);
    checked(context, () => assertValidKey(key));
    await this.#calls.run(context, async (signal) => this.driver.delete(key, { signal }));
  }

  /** Returns a URL that anybody can GET for `expiresInMs`, at most 7 days. Needs `capabilities.signedUrls`. */
  async signUrl(key: string, options: SignUrlOptions & SignalOption): Promise<string> {
    const context = callContext("signUrl", options, key);
    const sign = checked(context, () => {
      assertValidKey(key);
      assertPositiveInteger("expiresInMs", options.expiresInMs, WEEK_MS);
      if (this.capabilities.signedUrls && this.driver.signUrl) return this.driver.signUrl.bind(this.driver);
      throw new StowageError(
        "UNSUPPORTED",
        `a ${this.kind} filesystem signs no URLs; send the content of read() instead`,
      );
    });
    const { expiresInMs, filename } = options;
    return this.#calls.run(context, (signal) =>
      sign(key, { expiresInMs, ...(filename !== undefined && { filename }), signal }),
    );
  }

  /**
   * Stops what is under way, so that nothing is committed any more, waits for it, and lets go of the storage. What does not stop
   * within 10 s is left behind: its call rejects with `CLOSED`, and a warning of the process names it.
   */
  close(): Promise<void> {
    return this.#calls.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #stat(operation: "stat" | "exists", key: string, options: SignalOption): Promise<FileInfo> {
    const context = callContext(operation, options, key);
    checked(context, () => assertValidKey(key));
    return this.#calls.run(context, async (signal) => checkedInfo("stat", await this.driver.stat(key, { signal })));
  }

  async #commit(key: string, source: Source, options: WriteOptions & { signal: AbortSignal }): Promise<FileInfo> {
    const admit = (size: number) => assertAdmissible(size, options, this.capabilities);
    const content = new CheckedContent(source, { signal: options.signal, size: options.size, admit });
    try {
      const info = checkedInfo("write", await this.driver.write(key, content, options));
      if (!content.hasEnded) throw new StowageError("INTERNAL", "the driver committed before the content ended");
      if (info.size === content.size) return info;
      throw new StowageError("SIZE_MISMATCH", `the storage holds ${info.size} of ${content.size} bytes`);
    } catch (error) {
      throw content.failure ?? error;
    } finally {
      content.release();
    }
  }
}
