import { StowageError } from "../errors.ts";
import { DESTINATIONS, destinationsOf, type NamedDestination } from "./destinations-of.ts";
import { directoriesOf } from "./directories-of.ts";
import type {
  Cancellable,
  FileInfo,
  FilesystemDriver,
  ListPage,
  ListPageOptions,
  ReadRangeOptions,
  SignUrlOptions,
  WriteObjectOptions,
} from "./driver.ts";
import { checkedInfo, checkedOpened, checkedPage } from "./driver-results.ts";
import { Filesystem } from "./filesystem.ts";
import { filesystemAdvice } from "./filesystem-advice.ts";
import { assertValidPrefix, MAX_PREFIX_SIZE } from "./key.ts";

/**
 * A view of the objects whose keys start with `prefix`, with it taken off: several applications share one filesystem.
 * Prefixes add at most 40 bytes to a key, all together (`INVALID_ARGUMENT`). Closing the view leaves `filesystem` open.
 */
export function prefixed(filesystem: Filesystem, prefix: string): Filesystem {
  if (!(filesystem instanceof Filesystem)) {
    throw new StowageError("INVALID_ARGUMENT", `filesystem: not a Filesystem${filesystemAdvice(filesystem)}`);
  }
  assertValidPrefix(prefix);
  const driver = new PrefixedDriver(filesystem, prefix);
  if (driver[PREFIX_SIZE] <= MAX_PREFIX_SIZE) return new Filesystem(driver);
  throw new StowageError("INVALID_ARGUMENT", `prefix: more than ${MAX_PREFIX_SIZE} bytes in front of a key`);
}

/** A view of objects that no user's key can name, for this library itself. */
export function hiddenObjects(filesystem: Filesystem, prefix: `.stowage-${string}`): Filesystem {
  return new Filesystem(new PrefixedDriver(filesystem, prefix));
}

/** By which a view knows the view below it, whatever copy of this package made that one. */
const PREFIX_SIZE = Symbol.for("@stowage/core/prefixSize");

class PrefixedDriver implements FilesystemDriver {
  readonly #filesystem: Filesystem;
  readonly #driver: FilesystemDriver;
  readonly #prefix: string;
  readonly [PREFIX_SIZE]: number;
  readonly signUrl?: FilesystemDriver["signUrl"];

  constructor(filesystem: Filesystem, prefix: string) {
    this.#filesystem = filesystem;
    this.#driver = filesystem.driver;
    this.#prefix = prefix;
    this[PREFIX_SIZE] = prefixSizeOf(this.#driver) + Buffer.byteLength(prefix);
    const signUrl = this.#driver.signUrl?.bind(this.#driver);
    if (signUrl) {
      this.signUrl = (key: string, options: SignUrlOptions & Cancellable) =>
        signUrl(prefix + key, { filename: key, ...options });
    }
  }

  get kind() {
    return this.#driver.kind;
  }

  get capabilities() {
    return this.#driver.capabilities;
  }

  get directory() {
    return this.#driver.directory;
  }

  get directories() {
    return directoriesOf(this.#driver);
  }

  /** A view of each place behind a mirrored filesystem. */
  get [DESTINATIONS](): readonly NamedDestination[] | undefined {
    return destinationsOf(this.#filesystem)?.map(({ name, filesystem }) => ({
      name,
      filesystem: new Filesystem(new PrefixedDriver(filesystem, this.#prefix)),
    }));
  }

  open(options: Cancellable): Promise<void> {
    return this.#filesystem.open(options);
  }

  async stat(key: string, options: Cancellable): Promise<FileInfo> {
    const driver = await this.#opened(options);
    return this.#outside(checkedInfo("stat", await driver.stat(this.#prefix + key, options)));
  }

  async list(options: ListPageOptions): Promise<ListPage> {
    const driver = await this.#opened(options);
    const page = checkedPage(await driver.list({ ...options, prefix: this.#prefix + options.prefix }));
    return { ...page, files: page.files.map((file) => this.#outside(file)) };
  }

  async read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    const driver = await this.#opened(options);
    const { info, content } = checkedOpened(await driver.read(this.#prefix + key, options));
    return { info: this.#outside(info), content };
  }

  async write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo> {
    const driver = await this.#opened(options);
    return this.#outside(checkedInfo("write", await driver.write(this.#prefix + key, content, options)));
  }

  async delete(key: string, options: Cancellable): Promise<void> {
    const driver = await this.#opened(options);
    await driver.delete(this.#prefix + key, options);
  }

  /** The filesystem behind the view belongs to whoever made it. */
  async close(): Promise<void> {}

  classify(error: unknown) {
    return this.#driver.classify(error);
  }

  /** Whoever owns the filesystem may have closed it meanwhile: then every call of the view is `CLOSED`. */
  async #opened({ signal }: Cancellable): Promise<FilesystemDriver> {
    await this.#filesystem.open({ signal });
    return this.#driver;
  }

  #outside(info: FileInfo): FileInfo {
    return { ...info, key: info.key.slice(this.#prefix.length) };
  }
}

function prefixSizeOf(driver: FilesystemDriver): number {
  const { [PREFIX_SIZE]: size } = driver as Partial<Pick<PrefixedDriver, typeof PREFIX_SIZE>>;
  return size ?? 0;
}
