import { ApiError } from "../api-error.ts";
import { MESSAGES } from "../documented-messages.ts";

/** How a zip file may start (APPNOTE 4.3.7, 4.3.16, 8.5.3): a local header, the end record of an empty one, a spanning marker. */
const MAGICS: ReadonlySet<string> = new Set(["504b0304", "504b0506", "504b0708"]);
const MAGIC_SIZE = 4;

export interface ArchiveRules {
  /** Bytes. */
  readonly maxSize: number | undefined;
  /** Makes the refusal of content that does not start as a zip file does. */
  readonly notAnArchive: () => ApiError;
}

/** Passes content on while it may be an archive: what is none is refused by its first bytes, what is too large by the first byte too many (413). */
export async function* archiveContent(
  content: AsyncIterable<Buffer>,
  { maxSize = Number.POSITIVE_INFINITY, notAnArchive }: ArchiveRules,
): AsyncGenerator<Buffer, void, void> {
  let head = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > maxSize) throw new ApiError(413, MESSAGES.tooLarge);
    if (size - chunk.length >= MAGIC_SIZE) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < MAGIC_SIZE) continue;
    if (!startsAsArchive(head)) throw notAnArchive();
    yield head;
  }
  if (size < MAGIC_SIZE) throw notAnArchive();
}

function startsAsArchive(head: Buffer): boolean {
  return MAGICS.has(head.toString("hex", 0, MAGIC_SIZE));
}
