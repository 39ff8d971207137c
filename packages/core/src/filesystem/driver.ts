import type { ErrorCode } from "../errors.ts";
import type { Copy } from "./copy.ts";

/**
 * A place that keeps objects, each under a key. This is all that a driver implements.
 *
 * A driver is only ever called by {@link Filesystem}, which checks every argument first, calls `open`
 * before anything else and `close` last, and wraps whatever a driver throws once, by `classify`. So a driver
 * throws its backend's own errors as they are. Every promise is checked by `@stowage/contract-tests`.
 *
 * Keys are 1–240 bytes of well-formed UTF-8 without `/`, `\` or control characters, and are stored exactly: no
 * normalising, no case folding, no escaping that `list` does not undo. They may begin with a dot, as those of this library's
 * lock do (`.stowage-lock.<number>`), and may look temporary, like a description or like a lock (`a.tmp`, `a~`, `a.json`): every
 * method takes each as any other. Only what begins with `.stowage-tmp` is left to drivers.
 *
 * What one call has committed the next one sees, of whatever handle or method: neither absence nor presence is remembered. To
 * open or to close a driver disturbs no other one of the same place.
 * While the storage fails every method rejects, and none as if an object were missing or taken. No error shows a secret, nor
 * does its cause. A method stops promptly when `signal` aborts.
 */
export interface FilesystemDriver {
  /** A short name for messages: "s3". */
  readonly kind: string;

  /** What this driver can do. Frozen plain data, equal before and after `open`. */
  readonly capabilities: Capabilities;

  /** The directory of this host that holds the objects, if they are files there: a backup of a tree above it leaves it out. */
  readonly directory?: string;

  /**
   * All such directories, where there are several: of a driver that keeps copies in several places, at any depth. `directory` is
   * one of them, if that is there, and the only one when this is left out.
   */
  readonly directories?: readonly string[];

  /**
   * Reaches the place: the bucket exists, the directory can be used. Constructing a driver does no I/O.
   * Called again after it has failed or was aborted, of which nothing is remembered; never after it has succeeded.
   */
  open(options: Cancellable): Promise<void>;

  /** Describes the object. A missing key rejects as `NOT_FOUND`. */
  stat(key: string, options: Cancellable): Promise<FileInfo>;

  /**
   * Returns one page of the objects whose key starts with `prefix`, in UTF-8 byte order, at most `limit` of them.
   * A `cursor` in the answer means that there may be more, however few came; passing it back, with the same `prefix`, continues
   * behind this page, whatever was written or deleted meanwhile, its last key too. That works as often as it is done, and beside
   * other lists. Uncommitted writes, temporary objects and sub-folders are never listed.
   */
  list(options: ListPageOptions): Promise<ListPage>;

  /**
   * Opens the object and returns its description and its bytes, both of the same version: an overwrite or a delete
   * meanwhile shows the old bytes or throws, never a mixture. A missing key rejects as `NOT_FOUND` here, not in the content.
   * A chunk that was yielded is the reader's, and stays as it is.
   *
   * `range.end` is exclusive and may lie behind the end of the object; `range.start` at or behind it rejects as
   * `RANGE_NOT_SATISFIABLE`. `info.size` is the size of the whole object. When the reader leaves early, `signal`
   * aborts and the iterator's `return()` is called: both release the connection or descriptor, as its end and a refusal do.
   */
  read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }>;

  /**
   * Stores all of `content` under `key`, replacing an object already there.
   *
   * All or nothing. The end of the iterator commits, also where other writes of the key are under way; until then every reader sees the
   * old object or none, and from then on the new one, never half of it. If the iterator throws, where a part ends or in place of the end too, or `signal` aborts, the
   * call rejects, the old object stays as it was, nothing partial or temporary is left behind, and nothing appears later. An abort
   * that comes while the storage commits is too late: the call resolves if the new object is there, and rejects if the old one is.
   * `content` yields non-empty chunks that the driver may keep, but does not change, and is iterated once. It may be larger than
   * memory: the driver stores it while it reads.
   *
   * With `ifNotExists` a taken key rejects as `ALREADY_EXISTS` and stays as it was; of any number of such writes of one key,
   * at once or not, in one process or several, one wins. Resolves with what `stat` would return.
   */
  write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo>;

  /** Removes the object and no other. A missing key resolves. Once the call resolves nothing of it shows, now or later. */
  delete(key: string, options: Cancellable): Promise<void>;

  /** Releases sockets, timers and descriptors, so that the process can exit. Called once, after all calls have settled. */
  close(): Promise<void>;

  /**
   * Says what an error means. Pure: no I/O and no state. Takes whatever is thrown, and an unknown error is never `NOT_FOUND`: nor is
   * a refusal (403), a server that fails (503), a host or a disk that cannot be reached (`ENOTFOUND`, `EACCES`, `EIO`).
   */
  classify(error: unknown): Classification;

  /**
   * Returns a URL by which anybody can GET the object, as it is then, for `expiresInMs` milliseconds. It does nothing else, and not
   * when a part of it was changed; without the object it answers with an error.
   */
  signUrl?(key: string, options: SignUrlOptions & Cancellable): Promise<string>;
}

export interface Capabilities {
  /** Whether `ifNotExists` is atomic. */
  readonly conditionalCreate: boolean;
  /** Whether `write` keeps `contentType` and `stat` returns it. */
  readonly contentTypes: boolean;
  /** Whether `signUrl` works. */
  readonly signedUrls: boolean;
  /** Whether other hosts see the same objects. */
  readonly shared: boolean;
  readonly limits: Limits;
}

export interface Limits {
  /** The most objects in one page of `list`. */
  readonly pageSize: number;
  readonly timestampResolutionMs: number;
  /** Bytes up to which a write is one request, and above which it is sent in parts. Absent if writes have no parts. */
  readonly partSize?: number;
  /** The most bytes of one object. Absent if only space limits it. */
  readonly objectSize?: number;
  /** The most bytes for which `ifNotExists` is atomic. Absent if it always is. */
  readonly conditionalCreateSize?: number;
}

export interface FileInfo {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /**
   * When the write was committed, by the storage's clock: no earlier version's time, nor that of the start, but where the storage
   * dates what is sent in parts by it. The same in all answers about one version.
   */
  readonly modifiedAt: Date;
  /** Differs for each version of the object, if the storage tells versions apart. */
  readonly etag?: string;
  /** The same in all answers about one version. `list` may leave it out. */
  readonly contentType?: string;
  /** Only of a write to a mirrored filesystem: what became of the object in each destination. */
  readonly copies?: readonly Copy[];
}

export interface Cancellable {
  readonly signal: AbortSignal;
}

export interface ListPageOptions extends Cancellable {
  readonly prefix: string;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface ListPage {
  readonly files: readonly FileInfo[];
  readonly cursor?: string | undefined;
}

export interface ReadRangeOptions extends Cancellable {
  /** Bytes; `end` is exclusive, and absent for "to the end". Never of length zero. */
  readonly range?: { readonly start: number; readonly end?: number | undefined } | undefined;
  /**
   * A hint: memory of the range's size. A driver may read into it and yield its parts in order, which saves a copy. It is the caller's
   * again once the content has ended.
   */
  readonly memory?: Uint8Array | undefined;
}

export interface WriteObjectOptions extends Cancellable {
  /** The exact number of bytes, if it is known beforehand. `content` throws rather than end with another number. */
  readonly size?: number | undefined;
  /** An upper bound of the number of bytes, where the exact number is not known. A hint for part sizes. */
  readonly sizeBound?: number | undefined;
  readonly ifNotExists?: boolean | undefined;
  readonly contentType?: string | undefined;
}

export interface SignUrlOptions {
  readonly expiresInMs: number;
  /** The name that a browser saves the object under. The key when left out. */
  readonly filename?: string | undefined;
}

export interface Classification {
  readonly code: ErrorCode;
  /** Whether the same call may succeed later. Not of `NOT_FOUND`, `ALREADY_EXISTS` and `RANGE_NOT_SATISFIABLE`, which are answers. */
  readonly retryable: boolean;
}
