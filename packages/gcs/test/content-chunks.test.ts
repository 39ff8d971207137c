import { describe, expect, it } from "vitest";
import { Crc32c } from "../src/crc32c.ts";
import { contentChunks } from "../src/write/content-chunks.ts";

const CHUNK_SIZE = 100;
const CONTENT = Buffer.from(Array.from({ length: 450 }, (_, index) => index % 251));

describe("contentChunks", () => {
  const lengths = [0, 1, 99, 100, 101, 199, 200, 201, 300, 450];
  const pieces = [1, 7, 100, 1_000];
  const hints = [undefined, 0, 50, 100, 10_000];

  it.each(lengths)("cuts %i bytes into full chunks and a last one", async (length) => {
    for (const pieceSize of pieces) {
      for (const sizeHint of hints) await expectChunks(CONTENT.subarray(0, length), pieceSize, sizeHint);
    }
  });

  it("leaves a chunk as it is until the one after the next is asked for", async () => {
    const chunks = contentChunks(inPieces(CONTENT, 30), { chunkSize: CHUNK_SIZE });
    const first = await chunks.next();
    await chunks.next();
    expect(first.value?.bytes).toEqual(CONTENT.subarray(0, 100));
  });

  it("holds a full chunk back until there is a byte behind it", async () => {
    let asked = 0;
    async function* counted() {
      for await (const piece of inPieces(CONTENT.subarray(0, 200), 50)) {
        asked++;
        yield piece;
      }
    }
    await contentChunks(counted(), { chunkSize: CHUNK_SIZE }).next();
    expect(asked).toBe(3);
  });

  it("throws what the content throws, and calls no chunk the last one", async () => {
    const failure = new Error("the disk caught fire");
    async function* failing() {
      yield CONTENT.subarray(0, 100);
      throw failure;
    }
    await expect(contentChunks(failing(), { chunkSize: CHUNK_SIZE }).next()).rejects.toBe(failure);
  });
});

async function expectChunks(content: Buffer, pieceSize: number, sizeHint: number | undefined): Promise<void> {
  const crc32c = new Crc32c();
  let offset = 0;
  let ended = false;
  for await (const chunk of contentChunks(inPieces(content, pieceSize), { chunkSize: CHUNK_SIZE, sizeHint })) {
    expect(ended).toBe(false);
    expect(chunk.offset).toBe(offset);
    expect(chunk.bytes).toEqual(content.subarray(offset, offset + CHUNK_SIZE));
    crc32c.update(chunk.bytes);
    expect(chunk.crc32c).toBe(crc32c.toString());
    offset += chunk.bytes.length;
    ended = chunk.isLast;
    expect(chunk.isLast).toBe(offset === content.length);
  }
  expect([offset, ended]).toEqual([content.length, true]);
}

async function* inPieces(content: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < content.length; start += size) yield content.subarray(start, start + size);
}
