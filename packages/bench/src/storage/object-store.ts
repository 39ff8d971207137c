import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "./refusal.ts";

/** A file that holds an object, or one part of it. */
export interface Piece {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

export interface StoredObject {
  readonly pieces: readonly Piece[];
  /** The metadata by which `@stowage/s3` knows its own write, if the client sent it. */
  readonly writeId?: string | undefined;
}

interface Upload {
  readonly key: string;
  readonly writeId: string | undefined;
  readonly parts: Map<number, Piece>;
}

/** The objects of the server and its open uploads. Parts stay files of their own, so that completing copies nothing. */
export class ObjectStore {
  readonly #directory: string | undefined;
  readonly #served: ReadonlyMap<string, StoredObject>;
  readonly #received = new Map<string, StoredObject>();
  readonly #uploads = new Map<string, Upload>();
  #names = 0;

  /** Takes what it serves, and the directory for what it receives; without one it receives nothing. */
  constructor(served: ReadonlyMap<string, StoredObject>, directory: string | undefined) {
    this.#served = served;
    this.#directory = directory;
  }

  find(key: string): StoredObject | undefined {
    return this.#received.get(key) ?? this.#served.get(key);
  }

  /** Names a file that is not there yet. */
  newPath(): string {
    if (this.#directory === undefined) throw new Refusal(405, "MethodNotAllowed");
    return join(this.#directory, `piece-${this.#names++}`);
  }

  put(key: string, object: StoredObject): void {
    this.#received.set(key, object);
  }

  /** Opens an upload and returns its id. */
  start(key: string, writeId: string | undefined): string {
    const id = `upload-${this.#names++}`;
    this.#uploads.set(id, { key, writeId, parts: new Map() });
    return id;
  }

  /** Keeps a part, in place of another of its number. */
  addPart(id: string, number: number, piece: Piece): void {
    this.#upload(id).parts.set(number, piece);
  }

  /** Makes the object of the parts that are listed. */
  complete(id: string, numbers: readonly number[]): void {
    const { key, writeId, parts } = this.#upload(id);
    const pieces = numbers.map((number) => {
      const piece = parts.get(number);
      if (piece) return piece;
      throw new Refusal(400, "InvalidPart");
    });
    this.put(key, { pieces, writeId });
    this.#uploads.delete(id);
  }

  abort(id: string): void {
    this.#upload(id);
    this.#uploads.delete(id);
  }

  /** Removes everything that was received. */
  async forget(): Promise<void> {
    this.#received.clear();
    this.#uploads.clear();
    if (this.#directory === undefined) return;
    await rm(this.#directory, { recursive: true, force: true });
    await mkdir(this.#directory);
  }

  #upload(id: string): Upload {
    const upload = this.#uploads.get(id);
    if (upload) return upload;
    throw new Refusal(404, "NoSuchUpload");
  }
}
