import { StowageError } from "../errors.ts";
import { pause, pauseMsAfter, type RetryPolicy } from "./retry.ts";

/** Further bodies that are opened in a row until a byte comes. */
const MAX_STALLS = 3;

/** A checksum of bytes that come one after the other. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** The value so far, as the storage writes it. */
  toString(): string;
}

/** A download whose first body is open. */
export interface Download {
  /** The first byte that is wanted, and the one behind the last. */
  readonly start: number;
  readonly end: number;
  /**
   * Opens a body of the very same version, from a byte on up to `end`. It tries again by itself what may pass: its rejection is the
   * download's. That the version is gone is one, `UNAVAILABLE`.
   */
  readonly reopen: (from: number) => Promise<AsyncIterable<Uint8Array>>;
  /** Whether a body that failed so may be followed by another one. */
  readonly isRetryable: (error: unknown) => boolean;
  readonly signal: AbortSignal;
  /** The pauses before further bodies. */
  readonly policy?: Partial<RetryPolicy> | undefined;
  /** Of a download of the whole object, and what the storage says it has to be at the end. */
  readonly checksum?: { readonly running: RunningChecksum; readonly expected: string } | undefined;
}

/**
 * Yields the bytes of a download, over as many bodies as it takes: where one breaks, hangs or ends early, another one goes on.
 * Fails after three further bodies in a row without a byte, and with `CHECKSUM_MISMATCH` if the bytes are not those that were stored.
 */
export async function* resumedContent(
  first: AsyncIterable<Uint8Array>,
  download: Download,
): AsyncGenerator<Uint8Array, void, void> {
  const { start, end, reopen, checksum } = download;
  let body = first[Symbol.asyncIterator]();
  let position = start;
  let stalls = 0;
  try {
    while (position < end) {
      const { chunk, failure } = await nextChunk(body);
      if (chunk) {
        position += chunk.length;
        stalls = 0;
        checksum?.running.update(chunk);
        yield chunk;
      } else {
        stalls += 1;
        await beforeAnother(download, failure, stalls);
        body = (await reopen(position))[Symbol.asyncIterator]();
      }
    }
    await nextChunk(body); // reads the end, so that the connection can be used again
  } finally {
    await body.return?.();
  }
  if (checksum && checksum.running.toString() !== checksum.expected) throw damaged();
}

/** The next bytes of a body that must have some, or why there are none. */
async function nextChunk(body: AsyncIterator<Uint8Array>): Promise<{ chunk?: Uint8Array; failure?: unknown }> {
  try {
    const { done, value } = await body.next();
    return done ? { failure: new StowageError("UNAVAILABLE", "the content ended too early") } : { chunk: value };
  } catch (failure) {
    return { failure };
  }
}

/** Waits, or throws what ends the download. */
async function beforeAnother({ isRetryable, signal, policy }: Download, failure: unknown, stalls: number) {
  if (stalls > MAX_STALLS || !isRetryable(failure)) throw failure;
  await pause(pauseMsAfter(stalls, policy), signal);
}

function damaged(): StowageError {
  return new StowageError("CHECKSUM_MISMATCH", "the bytes that came are not those that were stored", {
    retryable: true, // they may have changed on the way
  });
}
