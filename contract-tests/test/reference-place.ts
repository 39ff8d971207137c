import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly modifiedAt: Date;
  readonly etag: string;
  readonly contentType: string | undefined;
}

export type Fetch = (address: string, init: RequestInit) => Promise<Response>;

/** What all handles of the reference driver share: the objects, the uploads that are not complete, and the signing key. */
export class ReferencePlace {
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, Uint8Array[]>();
  readonly #secret = randomUUID();

  put(key: string, parts: readonly Uint8Array[], contentType?: string): StoredObject {
    const object = { bytes: Buffer.concat(parts), modifiedAt: new Date(), etag: randomUUID(), contentType };
    this.objects.set(key, object);
    return object;
  }

  /** Signs whatever a URL says, so that no part of it can be changed. */
  sign(text: string): string {
    return createHmac("sha256", this.#secret).update(text).digest("hex");
  }

  isSigned(text: string, signature: string): boolean {
    const expected = this.sign(text);
    return signature.length === expected.length && timingSafeEqual(Buffer.from(signature), Buffer.from(expected));
  }
}
