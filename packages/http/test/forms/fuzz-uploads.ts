import { StowageError } from "@stowage/core";
import { SeededRandom } from "@stowage/test-kit/random";
import { expect } from "vitest";
import { archiveOf } from "../bed/archive-of.ts";
import { ADMIN, type Bed, makeBed, request } from "../bed/bed.ts";
import { expectedForm } from "../bed/expected-form.ts";
import { BOUNDARY, formBytes } from "../bed/forms.ts";
import { LeakWatch } from "../bed/leak-watch.ts";
import { uploadResidue } from "../bed/upload-residue.ts";
import { mutate, type SentForm } from "./form-mutations.ts";

export interface FuzzFigures {
  refused: number;
  /** The archive arrived as it was: what was changed did not matter. */
  intact: number;
  /** What was sent is an archive still, and was stored byte for byte; `unverifiable` of them hold a wrong checksum. */
  altered: number;
  unverifiable: number;
}

interface FuzzBed extends Bed {
  readonly archive: Buffer;
}

const FIELD = `--${BOUNDARY}\r\ncontent-disposition: form-data; name="note"\r\n\r\nhello\r\n`;
/** What may stand around the file in a form that nothing is wrong with. */
const SURROUNDED = {
  opening: `a preamble\r\n${FIELD}${FIELD}--${BOUNDARY} \r\n`,
  closing: `\r\n${FIELD}--${BOUNDARY}-- \r\nan epilogue`,
};

/** Sends mutations of two good uploads, in pieces of random sizes. Each is refused, or stored exactly as it was sent. */
export async function fuzzUploads({ rounds, seed }: { rounds: number; seed: number }): Promise<FuzzFigures> {
  const random = new SeededRandom(seed);
  const watch = new LeakWatch();
  const plain = await makeBed();
  const bed = { ...plain, handler: watch.around(plain.handler), archive: await archiveOf(plain) };
  watch.hide(bed.directory);
  const type = `multipart/form-data; boundary=${BOUNDARY}`;
  const plainForm: SentForm = { type, bytes: formBytes({ content: bed.archive }) };
  const fullForm: SentForm = { type, bytes: formBytes({ content: bed.archive, ...SURROUNDED }) };
  const figures: FuzzFigures = { refused: 0, intact: 0, altered: 0, unverifiable: 0 };
  for (let round = 0; round < rounds; round++) {
    const form = mutate(random.pick([plainForm, fullForm]), random);
    await judge(bed, form, { pieces: cutAtRandom(form, random), figures }).catch((cause: unknown) => {
      throw new Error(`round ${round} of seed ${seed}: ${form.type}\n${form.bytes.toString("latin1")}`, { cause });
    });
  }
  expect(await uploadResidue(bed)).toEqual([]);
  expect(bed.errors).toEqual([]);
  watch.expectNoLeak(bed);
  return figures;
}

/** Sends a good upload in two pieces, cut at every offset that is a multiple of `step`. */
export async function splitUploads({ step }: { step: number }): Promise<number> {
  const plain = await makeBed();
  const bed = { ...plain, archive: await archiveOf(plain) };
  const bytes = formBytes({ content: bed.archive, ...SURROUNDED });
  const form = { type: `multipart/form-data; boundary=${BOUNDARY}`, bytes };
  const figures: FuzzFigures = { refused: 0, intact: 0, altered: 0, unverifiable: 0 };
  for (let offset = 0; offset <= bytes.length; offset += step) {
    await judge(bed, form, { pieces: [bytes.subarray(0, offset), bytes.subarray(offset)], figures });
  }
  expect(await uploadResidue(bed)).toEqual([]);
  expect(figures).toEqual({ refused: 0, intact: Math.floor(bytes.length / step) + 1, altered: 0, unverifiable: 0 });
  return figures.intact;
}

async function judge(
  bed: FuzzBed,
  form: SentForm,
  { pieces, figures }: { pieces: readonly Buffer[]; figures: FuzzFigures },
): Promise<void> {
  const headers = { ...ADMIN, "content-type": form.type };
  const body = streamOf(pieces, form.leavesAt !== undefined);
  const response = await bed.handler(request("POST", "/api/backups/upload", { body, headers }));
  if (response.status !== 204) {
    expect([400, 413]).toContain(response.status);
    expect(await response.json()).toMatchObject({ code: response.status, data: expect.any(Object) });
    expect(await bed.keys()).toEqual([]);
    figures.refused++;
    return;
  }
  const expected = form.leavesAt === undefined ? expectedForm(form.bytes, form.type) : undefined;
  expect(await bed.keys()).toEqual([expected?.key]);
  const key = expected?.key ?? "";
  const { content } = await bed.manager.download(key);
  expect(Buffer.concat(await content.toArray()).equals(expected?.content ?? Buffer.alloc(0))).toBe(true);
  const isIntact = expected?.content.equals(bed.archive) ?? false;
  const isVerified = await bed.manager.verify(key).then(
    () => true,
    (error: unknown) => !(error instanceof StowageError && error.code === "INVALID_ARCHIVE"),
  );
  if (isIntact) expect(isVerified).toBe(true);
  figures[isIntact ? "intact" : "altered"]++;
  if (!isVerified) figures.unverifiable++;
  await bed.manager.delete(key);
}

function streamOf(pieces: readonly Buffer[], fails: boolean): ReadableStream<Uint8Array> {
  const waiting = [...pieces];
  return new ReadableStream({
    pull: (controller) => {
      const piece = waiting.shift();
      if (piece) return controller.enqueue(piece);
      if (fails) controller.error(new Error("the client left"));
      else controller.close();
    },
  });
}

/** Cuts what is sent into pieces: single bytes, some empty ones, large ones. */
function cutAtRandom({ bytes, leavesAt = bytes.length }: SentForm, random: SeededRandom): Buffer[] {
  const most = random.pick([2, 10, 100, 10_000]);
  const sent = bytes.subarray(0, leavesAt);
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < sent.length; ) {
    const size = random.below(most);
    pieces.push(sent.subarray(offset, offset + size));
    offset += size;
  }
  return pieces;
}
