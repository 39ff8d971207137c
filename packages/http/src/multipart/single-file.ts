import { ByteWindow } from "./byte-window.ts";
import { malformed } from "./malformed.ts";
import { type PartHead, parsePartHead } from "./part-head.ts";

/** A form of which the head of the one part has arrived. */
export interface SingleFile {
  readonly head: PartHead;
  /** The bytes of the file. Ends only where the whole form has ended as it must; else it throws 400. */
  readonly content: AsyncGenerator<Buffer, void, void>;
  /** Lets go of a form whose content is not read. */
  release(): void;
}

/** Bytes. */
const MAX_HEAD_SIZE = 8 * 1024;
const CRLF = "\r\n";

/**
 * Reads a form that is one part and nothing else: no other field, nothing in front of it and nothing behind it (RFC 2046, 5.1).
 *
 * A parser of any form must guess what was meant by a broken one. Here a form is either exactly this, or nothing is stored.
 * Holds one chunk and one head at a time. Throws 400 for a form that is not well-formed.
 */
export async function readSingleFile(body: AsyncIterable<Uint8Array>, boundary: string): Promise<SingleFile> {
  const window = new ByteWindow(body);
  try {
    await expectBytes(window, `--${boundary}${CRLF}`);
    const head = parsePartHead(await takeHead(window));
    return { head, content: contentOf(window, boundary), release: () => window.release() };
  } catch (error) {
    window.release();
    throw error;
  }
}

async function expectBytes(window: ByteWindow, expected: string): Promise<void> {
  await window.fillTo(expected.length);
  if (window.take(expected.length).toString("latin1") !== expected) throw malformed();
}

async function takeHead(window: ByteWindow): Promise<Buffer> {
  for (;;) {
    const end = window.bytes.subarray(0, MAX_HEAD_SIZE).indexOf(CRLF + CRLF);
    if (end !== -1) {
      const head = window.take(end);
      window.take(2 * CRLF.length);
      return head;
    }
    if (window.bytes.length >= MAX_HEAD_SIZE || !(await window.fill())) throw malformed();
  }
}

async function* contentOf(window: ByteWindow, boundary: string): AsyncGenerator<Buffer, void, void> {
  const delimiter = Buffer.from(`${CRLF}--${boundary}`, "latin1");
  try {
    for (;;) {
      const end = window.bytes.indexOf(delimiter);
      if (end > 0) yield window.take(end);
      if (end !== -1) break;
      const safe = window.bytes.length - delimiter.length + 1; // the rest may be the start of the delimiter
      if (safe > 0) yield window.take(safe);
      if (!(await window.fill())) throw malformed();
    }
    window.take(delimiter.length);
    await expectEnd(window);
  } finally {
    window.release();
  }
}

/** The form is over: two hyphens, at most a line end, and no byte more. */
async function expectEnd(window: ByteWindow): Promise<void> {
  await expectBytes(window, "--");
  await window.fillTo(CRLF.length + 1);
  const rest = window.bytes.toString("latin1");
  if (rest !== "" && rest !== CRLF) throw malformed();
}
