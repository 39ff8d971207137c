import { appendFileSync, closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync } from "node:fs";

/** Bytes of a header: JSON, filled up with blanks. Holds any key, however much JSON escapes of it. */
const HEADER_SIZE = 1_024;

export interface LogRecord {
  readonly key: string;
  readonly size: number;
  readonly modifiedAt: Date;
  /** Where the bytes start in the file. No two records start at the same place. */
  readonly start: number;
}

/**
 * The storage: one file that only grows. Storing a key appends a header and the bytes, deleting one a header.
 * Every call is synchronous, so nobody in this process ever sees half of it; another process must not write.
 */
export class RecordLog {
  readonly #file: number;
  readonly #records = new Map<string, LogRecord>();
  #end = 0;

  /** Opens or makes the file, and cuts off what a crash left unfinished. */
  constructor(path: string) {
    this.#file = openSync(path, "a+", 0o600);
    this.records();
    ftruncateSync(this.#file, this.#end);
  }

  /** All objects, with what was appended meanwhile through another handle on the file. */
  records(): ReadonlyMap<string, LogRecord> {
    const head = Buffer.alloc(HEADER_SIZE);
    while (readSync(this.#file, head, 0, HEADER_SIZE, this.#end) === HEADER_SIZE) {
      const { key, size, modifiedAt, isDeleted } = JSON.parse(head.toString());
      const start = this.#end + HEADER_SIZE;
      if (start + size > fstatSync(this.#file).size) break;
      if (isDeleted) this.#records.delete(key);
      else this.#records.set(key, { key, size, modifiedAt: new Date(modifiedAt), start });
      this.#end = start + size;
    }
    return this.#records;
  }

  store(key: string, bytes: Uint8Array): void {
    this.#append({ key, size: bytes.length, modifiedAt: new Date() }, bytes);
  }

  delete(key: string): void {
    this.#append({ key, size: 0, isDeleted: true }, Buffer.alloc(0));
  }

  /** Reads bytes of a record. They never change, whatever happens to the key. */
  read(start: number, end: number): Uint8Array {
    const bytes = Buffer.alloc(end - start);
    return bytes.subarray(0, readSync(this.#file, bytes, 0, bytes.length, start));
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Appends a whole record or nothing. */
  #append(header: object, bytes: Uint8Array): void {
    const head = Buffer.alloc(HEADER_SIZE, " ");
    head.write(JSON.stringify(header));
    try {
      appendFileSync(this.#file, Buffer.concat([head, bytes]));
      fsyncSync(this.#file);
    } catch (error) {
      ftruncateSync(this.#file, this.#end);
      throw error;
    }
  }
}
