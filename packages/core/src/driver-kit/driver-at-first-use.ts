import { StowageError } from "../errors.ts";
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
} from "../filesystem/driver.ts";
import { messageOf } from "../message-of.ts";

/** What Node says of a package that is not installed, by `import` and by `require`. */
const MISSING: ReadonlySet<unknown> = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);

/** What does the work of a driver, once it is loaded. Closing it takes no time. */
export interface LoadedDriver extends Pick<FilesystemDriver, "open" | "stat" | "list" | "read" | "write" | "delete"> {
  signUrl(key: string, options: SignUrlOptions): Promise<string>;
  close(): void;
}

/** Of a driver what is known before it is used. */
export interface DriverAtFirstUseParts {
  readonly kind: string;
  readonly capabilities: Capabilities;
  /** The package that is loaded, and may be missing. */
  readonly packageName: string;
  /** Imports what needs the package, and returns what makes the driver of it. */
  readonly load: () => Promise<() => LoadedDriver>;
}

/**
 * A driver that imports a large package, or one that may be missing, when it is used first. `CONFIG_INVALID` if that fails, for good:
 * Node loads nothing a second time that has failed. Closing it loads nothing.
 */
export abstract class DriverAtFirstUse implements FilesystemDriver {
  readonly kind: string;
  readonly capabilities: Capabilities;
  readonly #packageName: string;
  readonly #load: DriverAtFirstUseParts["load"];
  #loading: Promise<LoadedDriver> | undefined;

  constructor({ kind, capabilities, packageName, load }: DriverAtFirstUseParts) {
    this.kind = kind;
    this.capabilities = capabilities;
    this.#packageName = packageName;
    this.#load = load;
  }

  async open(options: Cancellable): Promise<void> {
    await (await this.#loaded()).open(options);
  }

  async stat(key: string, options: Cancellable): Promise<FileInfo> {
    return (await this.#loaded()).stat(key, options);
  }

  async list(options: ListPageOptions): Promise<ListPage> {
    return (await this.#loaded()).list(options);
  }

  async read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    return (await this.#loaded()).read(key, options);
  }

  async write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo> {
    return (await this.#loaded()).write(key, content, options);
  }

  async delete(key: string, options: Cancellable): Promise<void> {
    await (await this.#loaded()).delete(key, options);
  }

  async signUrl(key: string, options: SignUrlOptions): Promise<string> {
    return (await this.#loaded()).signUrl(key, options);
  }

  abstract classify(error: unknown): Classification;

  async close(): Promise<void> {
    const loaded = await this.#loading?.catch(() => undefined);
    loaded?.close();
  }

  #loaded(): Promise<LoadedDriver> {
    this.#loading ??= this.#load()
      .catch((cause: unknown) => fail(this.#packageName, cause))
      .then((make) => make());
    return this.#loading;
  }
}

function fail(packageName: string, cause: unknown): never {
  const isMissing = typeof cause === "object" && cause !== null && "code" in cause && MISSING.has(cause.code);
  const help = isMissing ? `; npm install ${packageName} brings it` : "";
  throw new StowageError("CONFIG_INVALID", `${packageName} cannot be loaded${help}: ${messageOf(cause)}`, { cause });
}
