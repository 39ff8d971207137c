import { ADMIN } from "./bed.ts";

export const BOUNDARY = "----stowage-boundary";

export interface FormParts {
  readonly content: string | Uint8Array;
  readonly disposition?: string;
  readonly head?: string;
  readonly boundary?: string;
  /** What the whole form starts and ends with. */
  readonly opening?: string;
  readonly closing?: string;
}

/** Writes a form byte for byte, so that any part of it can be wrong. */
export function formBytes({ boundary = BOUNDARY, ...parts }: FormParts): Buffer {
  const { disposition = 'form-data; name="file"; filename="new.zip"', content } = parts;
  const { head = `Content-Disposition: ${disposition}\r\nContent-Type: application/zip\r\n\r\n` } = parts;
  const { opening = `--${boundary}\r\n`, closing = `\r\n--${boundary}--\r\n` } = parts;
  return Buffer.concat([Buffer.from(opening + head), Buffer.from(content), Buffer.from(closing)]);
}

/** An upload of these bytes, in pieces of so many bytes. */
export function uploadOf(
  bytes: Uint8Array,
  { pieceSize = 64 * 1024, contentType = `multipart/form-data; boundary=${BOUNDARY}` } = {},
): RequestInit {
  return { body: inPieces(bytes, pieceSize), headers: { ...ADMIN, "content-type": contentType } };
}

export function inPieces(bytes: Uint8Array, size: number): ReadableStream<Uint8Array> {
  let position = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (position >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(position, position + size));
      position += size;
    },
  });
}
