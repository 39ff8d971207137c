import { expect, test } from "vitest";
import { isPiece, largePieces } from "../../src/archive/large-pieces.ts";
import { SeededRandom } from "./seeded-random.ts";

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

test("a large chunk is handed on as it is, behind what was gathered before it", async () => {
  const large = random.bytes(PIECE + 45);

  const pieces = await piecesOf([Buffer.from("before"), large, Buffer.from("after")]);

  expect(pieces).toEqual([Buffer.from("before"), large, Buffer.from("after")]);
  expect(pieces[1]).toBe(large);
  expect(pieces.map(isPiece)).toEqual([false, true, false]);
});

test("small chunks become pieces of 512 KiB, and their memory can be used again", async () => {
  const chunks = Array.from({ length: 7 }, () => random.bytes(200_000));
  const whole = Buffer.concat(chunks);

  const pieces = await piecesOf(chunks);
  for (const chunk of chunks) chunk.fill(0);

  expect(pieces.map(({ length }) => length)).toEqual([PIECE, PIECE, 7 * 200_000 - 2 * PIECE]);
  expect(Buffer.concat(pieces).equals(whole)).toBe(true);
});
