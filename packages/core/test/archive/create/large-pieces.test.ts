import { SeededRandom } from "@stowage/test-kit/random";
import { expect, test } from "vitest";
import { largePieces } from "../../../src/archive/create/large-pieces.ts";

const random = new SeededRandom(7);
const PIECE = 512 * 1024;

async function piecesOf(chunks: readonly Uint8Array[]): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  const source = async function* () {
    yield* chunks;
  };
  for await (const piece of largePieces(source())) pieces.push(piece);
  return pieces;
}

test("chunks of any size become pieces of 512 KiB, and their memory can be used again", async () => {
  const chunks = Array.from({ length: 7 }, (_, index) => random.bytes(100_000 * (1 + index)));
  const whole = Buffer.concat(chunks);

  const pieces = await piecesOf(chunks);
  for (const chunk of chunks) chunk.fill(0);

  expect(pieces.map(({ length }) => length)).toEqual([...Array(5).fill(PIECE), whole.length - 5 * PIECE]);
  expect(Buffer.concat(pieces).equals(whole)).toBe(true);
});
