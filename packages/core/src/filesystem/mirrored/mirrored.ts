import { StowageError } from "../../errors.ts";
import { classifyThrown } from "../classify-thrown.ts";
import { DESTINATIONS, type NamedDestination } from "../destinations-of.ts";
import { directoriesOf } from "../directories-of.ts";
import type {
  Cancellable,
  Capabilities,
  Classification,
  FileInfo,
  FilesystemDriver,
  ListPage,
  ListPageOptions,
  ReadRangeOptions,
  SignUrlOptions,
  WriteObjectOptions,
} from "../driver.ts";
import { Filesystem } from "../filesystem.ts";
import { commonCapabilities } from "./common-capabilities.ts";
import { mergePages } from "./merge-pages.ts";
import { allFailed, MirrorDestination } from "./mirror-destination.ts";
import { writeCopies } from "./write-copies.ts";

/**
 * Keeps each object in several filesystems at once. `INVALID_ARGUMENT` without any, with one twice, or with two of one name.
 *
 * - A write reads its content once and feeds all; the slowest sets the pace. It succeeds if one destination stored the
 *   object, and `copies` of its result names those that did not. The first destination that works commits before the
 *   others, so that of several writers with `ifNotExists` it names one winner for all, and a loser stores nothing.
 * - A read takes the first destination that has the key. `NOT_FOUND` only if all of them say so.
 * - A list shows what any destination has, and fails if one fails. A delete tries all, and fails if one fails.
 *
 * It can do what all destinations can do. Closing it leaves them open. A destination that missed a write gets the object by
 * `copyBackups`, not by itself, and writers that replace one key at the same time may leave one's object here and the other's there:
 * write each key once.
 */
export function mirrored(destinations: readonly (Filesystem | NamedDestination)[]): Filesystem {
  if (!Array.isArray(destinations)) {
    throw new StowageError("INVALID_ARGUMENT", "destinations: not an array; write mirrored([first, second])");
  }
  return new Filesystem(new MirroredDriver(destinations));
}

class MirroredDriver implements FilesystemDriver {
  readonly kind = "mirrored";
  readonly capabilities: Capabilities;
  readonly signUrl?: FilesystemDriver["signUrl"];
  readonly #destinations: readonly MirrorDestination[];

  constructor(destinations: readonly (Filesystem | NamedDestination)[]) {
    this.#destinations = destinations.map((destination, index) => new MirrorDestination(destination, index + 1));
    const names = new Set(this.#destinations.map(({ name }) => name));
    if (names.size === 0) throw new StowageError("INVALID_ARGUMENT", "destinations: give at least one");
    if (new Set(this.#destinations.map(({ driver }) => driver)).size < destinations.length) {
      throw new StowageError("INVALID_ARGUMENT", "destinations: one is there twice, which would be one copy");
    }
    if (names.size < destinations.length) {
      throw new StowageError("INVALID_ARGUMENT", "destinations: two have the same name");
    }
    this.capabilities = commonCapabilities(this.#destinations.map(({ driver }) => driver.capabilities));
    if (this.capabilities.signedUrls) this.signUrl = (key, options) => this.#sign(key, options);
  }

  get [DESTINATIONS](): readonly NamedDestination[] {
    return this.#destinations.map(({ name, filesystem }) => ({ name, filesystem }));
  }

  get directory(): string | undefined {
    return this.#destinations.map(({ driver }) => driver.directory).find((directory) => directory !== undefined);
  }

  get directories(): readonly string[] {
    return this.#destinations.flatMap(({ driver }) => directoriesOf(driver));
  }

  /** One destination is enough. The others are tried again by each call that needs them. */
  async open({ signal }: Cancellable): Promise<void> {
    const failures = await this.#failuresOf((destination) => destination.call(signal, async () => {}));
    if (failures.length === this.#destinations.length) throw allFailed(failures);
  }

  stat(key: string, { signal }: Cancellable): Promise<FileInfo> {
    return this.#first(signal, (destination) => destination.call(signal, (driver) => driver.stat(key, { signal })));
  }

  list(options: ListPageOptions): Promise<ListPage> {
    return mergePages(this.#destinations, options);
  }

  read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    return this.#first(options.signal, (destination) => destination.read(key, options));
  }

  write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo> {
    return writeCopies(this.#destinations, { key, content, options });
  }

  async delete(key: string, { signal }: Cancellable): Promise<void> {
    const failures = await this.#failuresOf((destination) => {
      return destination.call(signal, (driver) => driver.delete(key, { signal }));
    });
    if (failures.length > 0) throw allFailed(failures);
  }

  /** The destinations belong to whoever made them. */
  async close(): Promise<void> {}

  /** Errors of destinations arrive here classified by their own drivers. */
  classify(error: unknown): Classification {
    if (error instanceof StowageError) return { code: error.code, retryable: error.retryable };
    const [first] = this.#destinations;
    return first ? classifyThrown(error, first.driver) : { code: "INTERNAL", retryable: false };
  }

  /** Asks one destination after the other until one has the key. A destination that fails may have it: that is no `NOT_FOUND`. */
  async #first<T>(signal: AbortSignal, ask: (destination: MirrorDestination) => Promise<T>): Promise<T> {
    const failures: StowageError[] = [];
    for (const destination of this.#destinations) {
      try {
        return await ask(destination);
      } catch (error) {
        const failure = destination.translate(error);
        if (signal.aborted || failure.code === "RANGE_NOT_SATISFIABLE") throw failure;
        if (failure.code !== "NOT_FOUND") failures.push(failure);
      }
    }
    if (failures.length > 0) throw allFailed(failures);
    throw new StowageError("NOT_FOUND", "no destination has it");
  }

  async #failuresOf(action: (destination: MirrorDestination) => Promise<void>): Promise<StowageError[]> {
    const failures = this.#destinations.map(async (destination) => {
      return action(destination).then(
        () => undefined,
        (error: unknown) => destination.translate(error),
      );
    });
    return (await Promise.all(failures)).filter((failure) => failure !== undefined);
  }

  /** Signs for the first destination that has the key; for the first one if none has it. */
  async #sign(key: string, options: SignUrlOptions & Cancellable): Promise<string> {
    const { signal } = options;
    const [fallback] = this.#destinations;
    const holder = await this.#first(signal, async (destination) => {
      await destination.call(signal, (driver) => driver.stat(key, { signal }));
      return destination;
    }).catch((error: unknown) => {
      if (error instanceof StowageError && error.code === "NOT_FOUND" && fallback) return fallback;
      throw error;
    });
    return holder.call(signal, async (driver) => {
      if (driver.signUrl) return driver.signUrl(key, options);
      throw new StowageError(
        "UNSUPPORTED",
        `a ${driver.kind} filesystem signs no URLs; send the content of read() instead`,
      );
    });
  }
}
