import type { FileInfo, FilesystemDriver, ListPageOptions, ReadRangeOptions } from "@stowage/core/driver";
import {
  abortError,
  classifyByRules,
  compareKeys,
  DISK_FAILURES,
  factsOfError,
  rangeWithin,
  StowageError,
  type WriteObjectOptions,
} from "@stowage/core/driver";
import { type LogRecord, RecordLog } from "./record-log.ts";

const CHUNK_SIZE = 64 * 1_024;
/** A key is no file here: one that is missing is the whole log. */
const LOG_MISSING = { when: { code: "ENOENT" }, means: "BUCKET_NOT_FOUND" } as const;

/** Keeps all objects in one file, a {@link RecordLog}. */
export class LogDriver implements FilesystemDriver {
  readonly kind = "log";
  readonly capabilities = Object.freeze({
    conditionalCreate: true,
    contentTypes: false,
    signedUrls: false,
    shared: false,
    limits: Object.freeze({ pageSize: 1_000, timestampResolutionMs: 1, objectSize: 2 ** 30 }),
  });
  readonly classify = classifyByRules([LOG_MISSING, ...DISK_FAILURES], factsOfError);
  readonly #path: string;
  #opened: RecordLog | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async open(): Promise<void> {
    this.#opened = new RecordLog(this.#path);
  }

  async stat(key: string): Promise<FileInfo> {
    return describe(this.#find(key));
  }

  async list({ prefix, limit, cursor = "" }: ListPageOptions) {
    const isBehind = ({ key }: LogRecord) => key.startsWith(prefix) && compareKeys(key, cursor) > 0;
    const found = [...this.#log.records().values()].filter(isBehind).sort((a, b) => compareKeys(a.key, b.key));
    const files = found.slice(0, limit).map(describe);
    return found.length > limit ? { files, cursor: files.at(-1)?.key } : { files };
  }

  async read(key: string, { range }: ReadRangeOptions) {
    const record = this.#find(key);
    const { start, end } = rangeWithin(range, record.size);
    return { info: describe(record), content: this.#content(record.start + start, record.start + end) };
  }

  async write(key: string, content: AsyncIterable<Uint8Array>, options: WriteObjectOptions): Promise<FileInfo> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of content) chunks.push(chunk); // a source that fails throws here, before anything is stored
    if (options.signal.aborted) throw abortError(options.signal);
    if (options.ifNotExists && this.#log.records().has(key))
      throw new StowageError("ALREADY_EXISTS", "the key is taken");
    this.#log.store(key, Buffer.concat(chunks));
    return describe(this.#find(key));
  }

  async delete(key: string): Promise<void> {
    if (this.#log.records().has(key)) this.#log.delete(key);
  }

  async close(): Promise<void> {
    this.#opened?.close();
  }

  get #log(): RecordLog {
    if (!this.#opened) throw new StowageError("INTERNAL", "not open");
    return this.#opened;
  }

  #find(key: string): LogRecord {
    const record = this.#log.records().get(key);
    if (!record) throw new StowageError("NOT_FOUND", "no object lies there");
    return record;
  }

  async *#content(start: number, end: number): AsyncGenerator<Uint8Array> {
    for (let position = start; position < end; position += CHUNK_SIZE) {
      yield this.#log.read(position, Math.min(position + CHUNK_SIZE, end));
    }
  }
}

function describe({ key, size, modifiedAt, start }: LogRecord): FileInfo {
  return { key, size, modifiedAt, etag: String(start) };
}
