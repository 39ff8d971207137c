import { createHmac, randomUUID } from "node:crypto";

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly modifiedAt: Date;
  readonly etag: string;
  readonly contentType: string | undefined;
}

/** What all handles of the reference driver share: the objects, the uploads that are not complete, and the signing key. */
export class ReferencePlace {
  readonly uploads = new Map<string, Uint8Array[]>();
  /** What lies among the objects and is none. */
  readonly folders = new Set<string>();
  /** Whether nothing can be reached. */
  isDown = false;
  readonly #objects = new Map<string, StoredObject>();
  readonly #secret = randomUUID();

  get objects(): Map<string, StoredObject> {
    if (this.isDown) throw new Error("503 Service Unavailable");
    return this.#objects;
  }

  put(key: string, parts: readonly Uint8Array[], contentType?: string): StoredObject {
    const object = { bytes: Buffer.concat(parts), modifiedAt: new Date(), etag: randomUUID(), contentType };
    this.objects.set(key, object);
    return object;
  }

  /** Signs whatever a URL says, so that no part of it can be changed. */
  sign(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("hex");
  }
}
