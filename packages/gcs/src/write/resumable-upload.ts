import { classify } from "../classify.ts";
import { type GcsConnection, parseJson } from "../gcs-connection.ts";
import { GcsError } from "../gcs-error.ts";
import type { HttpReply } from "../http/http-reply.ts";
import { type ObjectResource, parseObject } from "../object-resource.ts";
import type { ContentChunk } from "./content-chunks.ts";
import { ABORT_GRACE_MS, assertStored, type ObjectWrite, objectMetadata, uploadQuery } from "./object-write.ts";

const CANCEL_TIMEOUT_MS = 5_000;
/** The status of an upload that lacks bytes. It is no redirect here. */
const INCOMPLETE = 308;

/** What the service has of an upload: the object, or so many bytes of it. */
type Progress = { readonly object: ObjectResource } | { readonly persisted: number };

/**
 * An upload of unknown length, chunk by chunk (https://cloud.google.com/storage/docs/resumable-uploads). The service
 * shows no object before the last chunk, whose checksum covers them all, and none at all once the upload is cancelled.
 */
export class ResumableUpload {
  readonly #connection: GcsConnection;
  readonly #signal: AbortSignal;
  /** Path and query. Whoever knows them may write, so they are in no message. */
  readonly #session: string;
  #cancelled: Promise<void> | undefined;

  private constructor(connection: GcsConnection, options: { signal: AbortSignal; session: string }) {
    this.#connection = connection;
    this.#signal = options.signal;
    this.#session = options.session;
  }

  /**
   * Opens the upload. An abort waits for the answer: only that names the session, without which nobody can cancel what the service
   * has opened all the same.
   */
  static async start(connection: GcsConnection, write: ObjectWrite, signal: AbortSignal): Promise<ResumableUpload> {
    const request = {
      method: "POST" as const,
      path: connection.uploadPath,
      query: { uploadType: "resumable", ...uploadQuery(connection, write) },
      headers: { "content-type": "application/json; charset=UTF-8" },
      body: [Buffer.from(JSON.stringify(objectMetadata(write)))],
      signal,
      abortGraceMs: ABORT_GRACE_MS,
    };
    const session = await connection.retrying(signal, async () => {
      const reply = await connection.send(request);
      await reply.text();
      return sessionOf(reply);
    });
    return new ResumableUpload(connection, { signal, session });
  }

  /** Sends a chunk that is not the last one. Resolves when the service has all of it. */
  async send(chunk: ContentChunk): Promise<void> {
    const progress = await this.#transfer(chunk);
    if ("object" in progress) throw new GcsError("malformed", "the service ended an upload that was not complete");
  }

  /** Sends the last chunk, which makes the object. `onFailure` hears of every attempt that failed. */
  async finish(chunk: ContentChunk, onFailure: (error: unknown) => void): Promise<ObjectResource> {
    const progress = await this.#transfer(chunk, onFailure);
    if (!("object" in progress)) throw new GcsError("malformed", "the service did not end a complete upload");
    assertStored(progress.object, chunk);
    return progress.object;
  }

  /** Has the service forget the bytes. Never throws: what cannot be cancelled expires after a week, unseen. */
  cancel(): Promise<void> {
    this.#cancelled ??= this.#cancel();
    return this.#cancelled;
  }

  async #cancel(): Promise<void> {
    const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
    const request = { method: "DELETE" as const, path: this.#session, accept: [499], signal };
    await this.#connection.retrying(signal, async () => (await this.#connection.send(request)).text()).catch(() => {});
  }

  #transfer(chunk: ContentChunk, onFailure?: (error: unknown) => void): Promise<Progress> {
    const attempt = async (number: number) => {
      try {
        return await this.#sendRest(chunk, number === 1 ? { persisted: chunk.offset } : await this.#queryProgress());
      } catch (error) {
        throw isForgotten(error) ? new GcsError("upload-lost", "the service forgot the upload") : error;
      }
    };
    return this.#connection.retrying(this.#signal, attempt, onFailure);
  }

  /** Sends what the service lacks of the chunk. It may keep less than it was sent, so that it is asked again. */
  async #sendRest(chunk: ContentChunk, from: Progress): Promise<Progress> {
    const end = chunk.offset + chunk.bytes.length;
    let progress = from;
    while (!("object" in progress) && (progress.persisted < end || chunk.isLast)) {
      if (progress.persisted < chunk.offset) throw new GcsError("upload-lost", "the service lost bytes of the upload");
      const next = await this.#put(chunk, progress.persisted);
      if (!("object" in next) && next.persisted <= progress.persisted)
        throw new GcsError("network", "the upload made no progress");
      progress = next;
    }
    return progress;
  }

  async #put(chunk: ContentChunk, from: number): Promise<Progress> {
    const end = chunk.offset + chunk.bytes.length;
    const total = chunk.isLast ? String(end) : "*";
    const reply = await this.#connection.send({
      method: "PUT",
      path: this.#session,
      headers: {
        "content-range": from === end ? `bytes */${total}` : `bytes ${from}-${end - 1}/${total}`,
        ...(chunk.isLast ? { "x-goog-hash": `crc32c=${chunk.crc32c}` } : {}),
      },
      body: [chunk.bytes.subarray(from - chunk.offset)],
      accept: [INCOMPLETE],
      signal: this.#signal,
      ...(chunk.isLast ? { abortGraceMs: ABORT_GRACE_MS } : {}),
    });
    return progressOf(reply);
  }

  async #queryProgress(): Promise<Progress> {
    const headers = { "content-range": "bytes */*" };
    const request = {
      method: "PUT" as const,
      path: this.#session,
      headers,
      accept: [INCOMPLETE],
      signal: this.#signal,
    };
    return progressOf(await this.#connection.send(request));
  }
}

/** The `Location` without its origin: uploads go where all requests go, and the token nowhere else. */
function sessionOf(reply: HttpReply): string {
  const location = reply.header("location");
  if (location === undefined || !URL.canParse(location, "http://localhost")) {
    throw new GcsError("malformed", "the answer names no upload");
  }
  const { pathname, search } = new URL(location, "http://localhost");
  return `${pathname}${search}`;
}

async function progressOf(reply: HttpReply): Promise<Progress> {
  const text = await reply.text();
  if (reply.status !== INCOMPLETE) return { object: parseObject(parseJson(text)) };
  const last = /^bytes=0-(\d+)$/.exec(reply.header("range") ?? "")?.[1];
  return { persisted: last === undefined ? 0 : Number(last) + 1 };
}

function isForgotten(error: unknown): boolean {
  if (!(error instanceof GcsError) || classify(error).code === "BUCKET_NOT_FOUND") return false;
  return error.status === 404 || error.status === 410;
}
