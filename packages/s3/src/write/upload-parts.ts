import type { CompletedPart } from "@aws-sdk/client-s3";
import { followSignal } from "../follow-signal.ts";
import type { MultipartUpload } from "./multipart-upload.ts";
import type { Part, PartReader } from "./part-reader.ts";
import { partsInFlight } from "./part-sizes.ts";

export interface UploadPartsOptions {
  /** The part that was read already. */
  readonly first: Part;
  /** The most parts in flight. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/**
 * Uploads all parts, several at once. Never holds more than `concurrency` of them, the one being read included.
 * When it rejects, no request is under way any more.
 */
export async function uploadParts(
  upload: MultipartUpload,
  reader: PartReader,
  { first, concurrency, signal }: UploadPartsOptions,
): Promise<CompletedPart[]> {
  const flight = new Flight(upload, reader, signal);
  try {
    for (let part = first; ; part = await flight.orFailure(reader.next())) {
      flight.start(part);
      await flight.waitBelow(part.isLast ? 1 : partsInFlight(part.bytes.length, concurrency));
      if (part.isLast) return flight.completed();
    }
  } catch (error) {
    await flight.cancel(error);
    throw error;
  }
}

/** The parts under way. */
class Flight {
  readonly #upload: MultipartUpload;
  readonly #reader: PartReader;
  readonly #stop;
  readonly #completed: CompletedPart[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #failed: Promise<never>;
  #fail: (reason: unknown) => void = () => {};

  constructor(upload: MultipartUpload, reader: PartReader, signal: AbortSignal) {
    this.#upload = upload;
    this.#reader = reader;
    this.#stop = followSignal(signal);
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => {}); // nobody may be waiting
  }

  start(part: Part): void {
    const job = this.#send(part)
      .catch(this.#fail)
      .finally(() => this.#running.delete(job));
    this.#running.add(job);
  }

  /** Settles as `promise`, or rejects as soon as a part has failed for good. */
  orFailure<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([this.#failed, promise]);
  }

  /** Resolves when fewer than `limit` parts are under way. */
  async waitBelow(limit: number): Promise<void> {
    while (this.#running.size >= limit) await this.orFailure(Promise.race(this.#running));
  }

  /** Ends all requests, waits until they have ended, and forgets how. */
  async cancel(reason: unknown): Promise<void> {
    this.#stop.abort(reason);
    await Promise.all(this.#running);
    this.#stop.detach();
  }

  completed(): CompletedPart[] {
    this.#stop.detach();
    return this.#completed.sort((left, right) => (left.PartNumber ?? 0) - (right.PartNumber ?? 0));
  }

  async #send(part: Part): Promise<void> {
    this.#completed.push(await this.#upload.uploadPart(part, this.#stop.signal));
    this.#reader.recycle(part);
  }
}
