import { isTransient } from "../classify-gcs-error.ts";
import { Crc32c } from "../crc32c.ts";
import { GcsError } from "../gcs-error.ts";
import type { HttpReply } from "../http/http-reply.ts";

/** An answer with bytes of an object. */
export interface Download {
  readonly reply: HttpReply;
  readonly object: {
    readonly size: number;
    readonly generation: string;
    readonly createdAt: Date;
    readonly contentType: string | undefined;
  };
  /** Of the whole object, whatever the range. */
  readonly crc32c: string | undefined;
}

type Body = AsyncIterator<Uint8Array>;

export interface ResumePlan {
  readonly start: number;
  readonly end: number;
  /** Opens the rest from a byte on until `attempt` succeeds or there is no hope. */
  resume(
    from: number,
    attempt: (download: Download) => Promise<IteratorResult<Uint8Array>>,
  ): Promise<IteratorResult<Uint8Array>>;
}

/**
 * Yields the bytes of a download. When it breaks off, the rest of the same generation is asked for. The checksum of a
 * download of the whole object is compared at its end: `corrupt` if the bytes are others.
 */
export async function* resumedContent(first: Download, plan: ResumePlan): AsyncGenerator<Uint8Array, void, void> {
  const crc32c = new Crc32c();
  const isWhole = plan.start === 0 && plan.end === first.object.size;
  let body: Body = first.reply[Symbol.asyncIterator]();
  let position = plan.start;
  const read = (download: Download) => {
    body = download.reply[Symbol.asyncIterator]();
    return nextBytes(body);
  };
  try {
    while (position < plan.end) {
      const from = position;
      const { value } = await nextBytes(body).catch((error: unknown) => {
        if (!isTransient(error)) throw error;
        return plan.resume(from, read);
      });
      if (isWhole) crc32c.update(value);
      position += value.length;
      yield value;
    }
    await body.next(); // lets the connection be used again
  } finally {
    await body.return?.();
  }
  if (isWhole && first.crc32c !== undefined && crc32c.toString() !== first.crc32c) throw corrupt(first);
}

/** The next bytes of a body that must have some: its end is a failure too. */
async function nextBytes(body: Body): Promise<IteratorYieldResult<Uint8Array>> {
  const result = await body.next();
  if (result.done) throw new GcsError("network", "the download ended too early");
  return result;
}

function corrupt({ object }: Download): GcsError {
  return new GcsError("corrupt", `the ${object.size} bytes that came have another checksum than the object`);
}
