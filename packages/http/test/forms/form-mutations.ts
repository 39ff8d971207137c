import type { SeededRandom } from "@stowage/test-kit/random";
import { BOUNDARY } from "../bed/forms.ts";

/** An upload as it is sent: its type, its bytes, and where its client leaves, if it does. */
export interface SentForm {
  readonly type: string;
  readonly bytes: Buffer;
  readonly leavesAt?: number;
}

type Mutation = (form: SentForm, random: SeededRandom) => SentForm;

/** Bytes of the form around the archive: about so many in front of it, and so many behind. */
const HEAD_SIZE = 140;
const TAIL_SIZE = 30;
const WORDS = [
  "file",
  "filename",
  "name",
  "form-data",
  "Content-Disposition",
  "Content-Type",
  "new.zip",
  '"',
  ";",
  "=",
] as const;
const LINES = [
  `\r\n--${BOUNDARY}\r\n`,
  `\r\n--${BOUNDARY}--\r\n`,
  `--${BOUNDARY}`,
  `\r\n--${BOUNDARY}`,
  `--${BOUNDARY}--`,
] as const;
const INSERTS = [
  "",
  "\0",
  "\r",
  "\n",
  "\r\n",
  "\r\n\r\n",
  "--",
  '"',
  "\\",
  ";",
  "%0D%0A",
  "%22",
  "../",
  "\xff",
  "file",
  "; name=x",
] as const;

const MUTATIONS: readonly [Mutation, ...Mutation[]] = [
  (form, random) =>
    withBytes(
      form,
      flipBits(form.bytes, random, () => random.below(form.bytes.length)),
    ),
  (form, random) =>
    withBytes(
      form,
      flipBits(form.bytes, random, () => envelopeOffset(form.bytes, random)),
    ),
  (form, random) =>
    withBytes(
      form,
      flipBits(form.bytes, random, () => random.below(HEAD_SIZE)),
    ),
  (form, random) => withBytes(form, form.bytes.subarray(0, random.below(form.bytes.length))),
  (form, random) => withBytes(form, form.bytes.subarray(random.below(HEAD_SIZE))),
  (form, random) => withBytes(form, spliced(form.bytes, envelopeOffset(form.bytes, random), random.below(20))),
  (form, random) => withBytes(form, spliced(form.bytes, random.below(form.bytes.length), random.below(200))),
  (form, random) => withBytes(form, repeated(form.bytes, random)),
  (form, random) => withBytes(form, inserted(form.bytes, random.below(form.bytes.length), random.pick(LINES))),
  (form, random) => withBytes(form, inserted(form.bytes, envelopeOffset(form.bytes, random), random.pick(LINES))),
  (form, random) => withBytes(form, inserted(form.bytes, envelopeOffset(form.bytes, random), random.pick(INSERTS))),
  (form, random) => withBytes(form, inserted(form.bytes, form.bytes.length, random.pick(INSERTS))),
  (form, random) =>
    withBytes(form, replaced(form.bytes, random, { from: BOUNDARY, to: BOUNDARY.slice(random.below(9)) })),
  (form, random) =>
    withBytes(form, replaced(form.bytes, random, { from: "\r\n", to: random.pick(["\n", "\r", "", " "]) })),
  (form, random) => withBytes(form, replaced(form.bytes, random, { from: random.pick(WORDS), to: random.pick(WORDS) })),
  (form, random) =>
    withBytes(form, replaced(form.bytes, random, { from: random.pick(WORDS), to: random.pick(INSERTS) })),
  (form, random) => ({ ...form, type: mutatedType(form.type, random) }),
  (form, random) => ({ ...form, leavesAt: random.pick([form.bytes.length, random.below(form.bytes.length + 1)]) }),
];

/** Changes a form in one to three ways. */
export function mutate(form: SentForm, random: SeededRandom): SentForm {
  let mutated = form;
  for (let count = random.pick([1, 1, 2, 3]); count > 0; count--) mutated = random.pick(MUTATIONS)(mutated, random);
  return mutated;
}

function withBytes(form: SentForm, bytes: Buffer): SentForm {
  return { ...form, bytes };
}

function envelopeOffset({ length }: Buffer, random: SeededRandom): number {
  const offset = random.below(HEAD_SIZE + TAIL_SIZE);
  return offset < HEAD_SIZE ? Math.min(offset, length) : Math.max(0, length - (offset - HEAD_SIZE) - 1);
}

function flipBits(bytes: Buffer, random: SeededRandom, offsetOf: () => number): Buffer {
  const flipped = Buffer.from(bytes);
  for (let count = 1 + random.below(4); count > 0; count--) {
    const offset = offsetOf();
    if (offset < flipped.length) flipped[offset] = (flipped[offset] ?? 0) ^ (1 << random.below(8));
  }
  return flipped;
}

function spliced(bytes: Buffer, offset: number, size: number): Buffer {
  return Buffer.concat([bytes.subarray(0, offset), bytes.subarray(offset + size)]);
}

function repeated(bytes: Buffer, random: SeededRandom): Buffer {
  const offset = random.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, offset + random.below(200)), bytes.subarray(offset)]);
}

function inserted(bytes: Buffer, offset: number, text: string): Buffer {
  return Buffer.concat([bytes.subarray(0, offset), Buffer.from(text, "latin1"), bytes.subarray(offset)]);
}

/** Replaces one of the places where a text stands. */
function replaced(bytes: Buffer, random: SeededRandom, { from, to }: { from: string; to: string }): Buffer {
  const pieces = bytes.toString("latin1").split(from);
  const chosen = random.below(Math.max(1, pieces.length - 1));
  const text = pieces.reduce((before, piece, index) => before + (index - 1 === chosen ? to : from) + piece);
  return Buffer.from(text, "latin1");
}

function mutatedType(type: string, random: SeededRandom): string {
  const offset = random.below(type.length);
  const character = String.fromCharCode(0x20 + random.below(0x5f));
  return (
    type.slice(0, offset) + random.pick(["", character, character.repeat(80)]) + type.slice(offset + random.below(2))
  );
}
