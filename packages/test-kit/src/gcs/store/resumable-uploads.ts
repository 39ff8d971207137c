import { randomUUID } from "node:crypto";
import { type ContentRange, parseContentRange } from "../body/content-range.ts";
import type { Spool } from "../body/spool.ts";
import { GcsReplyError, invalid } from "../gcs-reply-error.ts";
import type { ObjectMetadata, ObjectStore, StoredObject } from "./object-store.ts";

/** Bytes that a server keeps of an unfinished upload come in multiples of this. */
const QUANTUM = 256 * 1024;

interface Session {
  readonly name: string;
  readonly query: URLSearchParams;
  readonly metadata: ObjectMetadata;
  readonly spool: Spool;
  state: "open" | "busy" | "done" | "cancelled";
  object?: StoredObject;
  /** Why the object was refused at the end; every further request is told the same. */
  refusal?: unknown;
}

/** What a PUT to a session leads to: more bytes are wanted, or the object is there. */
export type UploadReply = { readonly persisted: number } | { readonly object: StoredObject };

export interface UploadChunk {
  readonly contentRange: string | undefined;
  /** `x-goog-hash`, as clients send it with the last chunk. */
  readonly hash: string | undefined;
  readonly body: AsyncIterable<Buffer>;
}

/** Resumable upload sessions (https://cloud.google.com/storage/docs/performing-resumable-uploads). */
export class ResumableUploads {
  readonly #store: ObjectStore;
  readonly #keepAtMost: number;
  readonly #sessions = new Map<string, Session>();

  constructor(store: ObjectStore, keepAtMost = Number.POSITIVE_INFINITY) {
    this.#store = store;
    this.#keepAtMost = keepAtMost;
  }

  /** The names of the objects whose upload was neither finished nor cancelled. */
  openUploads(): string[] {
    const open = [...this.#sessions.values()].filter(({ state }) => state === "open" || state === "busy");
    return open.map(({ name }) => name);
  }

  async start(name: string, query: URLSearchParams, metadata: ObjectMetadata): Promise<string> {
    this.#store.assertConditions(name, query);
    const id = randomUUID();
    this.#sessions.set(id, { name, query, metadata, spool: await this.#store.createSpool(), state: "open" });
    return id;
  }

  async put(id: string, chunk: UploadChunk): Promise<UploadReply> {
    const session = this.#find(id);
    if (session.object) return { object: session.object };
    if (session.refusal) throw session.refusal;
    if (session.state === "cancelled") throw new GcsReplyError(499, "clientClosedRequest", "Client Closed Request");
    if (session.state === "busy") throw new GcsReplyError(503, "backendError", "The upload session is in use.");
    session.state = "busy";
    try {
      return await this.#receive(session, chunk);
    } finally {
      if (session.state === "busy") session.state = "open";
    }
  }

  async cancel(id: string): Promise<void> {
    const session = this.#find(id);
    if (session.state === "done") throw new GcsReplyError(404, "notFound", "Not Found");
    if (session.state === "cancelled") return;
    session.state = "cancelled";
    await this.#store.discard(session.spool);
  }

  #find(id: string): Session {
    const session = this.#sessions.get(id);
    if (!session) throw new GcsReplyError(404, "notFound", "No such upload session.");
    return session;
  }

  async #receive(session: Session, chunk: UploadChunk): Promise<UploadReply> {
    const range = parseContentRange(chunk.contentRange);
    const keepUntil = Math.min(keptUntil(range), session.spool.size + this.#keepAtMost);
    if (range.start !== undefined) await appendChunk(session.spool, chunk.body, { ...range, keepUntil });
    const { size } = session.spool;
    const total = isOpenEnded(range) ? size : range.total;
    if (total !== undefined && size > total) throw invalid(`${size} bytes were sent of ${total}.`);
    if (total !== size || isCancelled(session)) return { persisted: size };
    return { object: await this.#finish(session, chunk.hash) };
  }

  async #finish(session: Session, hash: string | undefined): Promise<StoredObject> {
    const metadata = { ...session.metadata, ...parseHash(hash) };
    session.state = "done";
    try {
      session.object = await this.#store.commit(session.name, session.spool, { metadata, query: session.query });
      return session.object;
    } catch (error) {
      session.refusal = error;
      throw error;
    }
  }
}

function isCancelled(session: Session): boolean {
  return session.state === "cancelled";
}

/** Whether the chunk is all that is left, however much that may be: its end is the end of the request. */
function isOpenEnded({ start, end, total }: ContentRange): boolean {
  return start !== undefined && end === undefined && total === undefined;
}

/** Of all chunks but the last one, only multiples of 256 KiB are kept. */
function keptUntil(range: ContentRange): number {
  const { end, total } = range;
  const isLast = isOpenEnded(range) || (total !== undefined && (end === undefined || end === total));
  return isLast ? Number.POSITIVE_INFINITY : Math.floor((end ?? 0) / QUANTUM) * QUANTUM;
}

/** Appends what is new of a chunk and is to be kept. */
async function appendChunk(
  spool: Spool,
  body: AsyncIterable<Buffer>,
  { start = 0, end, keepUntil }: ContentRange & { readonly keepUntil: number },
): Promise<void> {
  if (start > spool.size)
    throw invalid(`Invalid request. The chunk starts at byte ${start}, after ${spool.size} bytes.`);
  let position = start;
  for await (const piece of body) {
    const from = Math.max(0, spool.size - position);
    const until = Math.max(from, Math.min(piece.length, keepUntil - position));
    await spool.append(piece.subarray(from, until));
    position += piece.length;
  }
  if (end !== undefined && position !== end) throw invalid(`The chunk ends at byte ${position}, not ${end}.`);
}

function parseHash(hash: string | undefined): Pick<ObjectMetadata, "crc32c" | "md5Hash"> {
  const crc32c = /crc32c=([\w+/=]+)/.exec(hash ?? "")?.[1];
  const md5Hash = /md5=([\w+/=]+)/.exec(hash ?? "")?.[1];
  return { ...(crc32c === undefined ? {} : { crc32c }), ...(md5Hash === undefined ? {} : { md5Hash }) };
}
