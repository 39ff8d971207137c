import { ByteWindow } from "./byte-window.ts";
import { malformed, refusedField } from "./malformed.ts";
import { type PartHead, parsePartHead } from "./part-head.ts";

/** The most bytes of a head, of the content of a field, and of what stands before the first part and behind the last one. */
const MAX_PIECE_SIZE = 8 * 1024;
/** Bytes of blanks and tabs behind a boundary. */
const MAX_PADDING_SIZE = 1024;
const CRLF = "\r\n";

/**
 * The parts of a form, one after the other (RFC 2046, 5.1.1). Holds one chunk and one bounded piece at a time.
 *
 * All that is not the content of a part is bounded, and nothing in it may look like a boundary that is none: a form is read in
 * one way or refused with 400.
 */
export class FormParts {
  readonly #window: ByteWindow;
  readonly #delimiter: Buffer;

  constructor(body: AsyncIterable<Uint8Array>, boundary: string) {
    this.#window = new ByteWindow(body);
    this.#window.bytes = Buffer.from(CRLF); // a boundary stands at the start of a line, and so does the first one
    this.#delimiter = Buffer.from(`${CRLF}--${boundary}`, "latin1");
  }

  /** Goes to the first part, over a preamble. False if there is none. */
  async first(): Promise<boolean> {
    await this.#passOver(() => malformed());
    return this.#hasPart();
  }

  /** Reads the head of the part. */
  async head(): Promise<PartHead> {
    const window = this.#window;
    const end = await this.#endOfHead();
    const head = parsePartHead(window.take(end));
    window.take(CRLF.length); // the other line end may belong to the boundary: a part may have no content
    return head;
  }

  /** Reads the content of the part, up to the boundary behind it. */
  async *content(): AsyncGenerator<Buffer, void, void> {
    const [window, delimiter] = [this.#window, this.#delimiter];
    await window.fillTo(delimiter.length);
    if (!window.bytes.subarray(0, delimiter.length).equals(delimiter)) window.take(CRLF.length);
    for (;;) {
      const end = window.bytes.indexOf(delimiter);
      if (end > 0) yield window.take(end);
      if (end !== -1) break;
      const safe = window.bytes.length - delimiter.length + 1; // the rest may be the start of the delimiter
      if (safe > 0) yield window.take(safe);
      if (!(await window.fill())) throw malformed();
    }
    window.take(delimiter.length);
  }

  /** Passes over the content of a field that nobody asks for. */
  async skip({ name }: PartHead): Promise<void> {
    const message = `The length must be no more than ${MAX_PIECE_SIZE}.`;
    await this.#passOver(() => refusedField(name, "validation_length_out_of_range", message));
  }

  /** Goes to the next part. False where the form has ended as it must, and with it the body. */
  async next(): Promise<boolean> {
    const hasPart = await this.#hasPart();
    if (!hasPart) await this.#expectEnd();
    return hasPart;
  }

  /** Lets go of a body that is not read to its end. */
  release(): void {
    this.#window.release();
  }

  async #endOfHead(): Promise<number> {
    const window = this.#window;
    let searched = 0;
    for (;;) {
      const end = window.bytes.subarray(0, MAX_PIECE_SIZE).indexOf(CRLF + CRLF, searched);
      if (end !== -1) return end;
      const { length } = window.bytes;
      if (length >= MAX_PIECE_SIZE || !(await window.fill())) throw malformed();
      searched = Math.max(0, length - 2 * CRLF.length);
    }
  }

  async #passOver(tooLarge: () => Error): Promise<void> {
    let size = 0;
    for await (const { length } of this.content()) {
      size += length;
      if (size > MAX_PIECE_SIZE) throw tooLarge();
    }
  }

  /** Reads what stands behind a boundary: two hyphens at the end of the form, blanks, and a line end before another part. */
  async #hasPart(): Promise<boolean> {
    const window = this.#window;
    await window.fillTo(2);
    const isEnd = window.bytes.toString("latin1", 0, 2) === "--";
    if (isEnd) window.take(2);
    for (let size = 0; await this.#isBlank(); size++) {
      if (size === MAX_PADDING_SIZE) throw malformed();
      window.take(1);
    }
    if (isEnd) return false;
    await window.fillTo(CRLF.length);
    if (window.take(CRLF.length).toString("latin1") !== CRLF) throw malformed();
    return true;
  }

  async #isBlank(): Promise<boolean> {
    await this.#window.fillTo(1);
    const [byte] = this.#window.bytes;
    return byte === 0x20 || byte === 0x09;
  }

  /** Behind the form there may be an epilogue, in lines of its own and without another boundary. */
  async #expectEnd(): Promise<void> {
    const window = this.#window;
    await window.fillTo(MAX_PIECE_SIZE + 1);
    const { bytes } = window;
    const isEpilogue = bytes.length === 0 || bytes.toString("latin1", 0, CRLF.length) === CRLF;
    if (!isEpilogue || bytes.length > MAX_PIECE_SIZE || bytes.includes(this.#delimiter)) throw malformed();
  }
}
