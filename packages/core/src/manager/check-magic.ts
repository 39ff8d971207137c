import { StowageError } from "../errors.ts";
import { CheckedContent } from "../filesystem/content/checked-content.ts";
import { type Content, openSource } from "../filesystem/content/source.ts";

/** How a zip file may start (APPNOTE 4.3.7, 4.3.16, 8.5.3): a local header, the end record of an empty one, a spanning marker. */
const MAGIC_SIZE = 4;
const MAGICS = ["504b0304", "504b0506", "504b0708"];

/** Passes content on if it starts as a zip file does, else throws `INVALID_ARCHIVE` before the first byte. */
export async function* checkMagic(content: Content, { signal }: { signal: AbortSignal }): AsyncGenerator<Uint8Array> {
  let head = Buffer.alloc(0);
  let isChecked = false;
  for await (const chunk of new CheckedContent(openSource(content), { signal, admit: () => {} })) {
    head = isChecked ? head : Buffer.concat([head, chunk]);
    if (isChecked) yield chunk;
    else if (head.length >= MAGIC_SIZE) {
      assertMagic(head);
      isChecked = true;
      yield head;
    }
  }
  if (!isChecked) assertMagic(head);
}

function assertMagic(head: Buffer): void {
  if (MAGICS.includes(head.toString("hex", 0, MAGIC_SIZE))) return;
  throw new StowageError("INVALID_ARCHIVE", "the content does not start as a zip file does; give a zip archive", {
    reason: "not-a-zip",
  });
}
