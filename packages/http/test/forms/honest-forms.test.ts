import { expect, it } from "vitest";
import { boundaryOf } from "../../src/multipart/boundary.ts";
import { readSingleFile } from "../../src/multipart/single-file.ts";
import { expectAnswer } from "../bed/answers.ts";
import { archiveOf } from "../bed/archive-of.ts";
import { ADMIN, makeBed } from "../bed/bed.ts";
import { inPieces, uploadOf } from "../bed/forms.ts";
import { makeLoggedInBed } from "../sdk/sdk-bed.ts";
import { GENERATIONS } from "../sdk/sdk-generations.ts";
import { HONEST_FORMS, type HonestForm } from "./honest-forms.ts";

const FORMS = Object.entries(HONEST_FORMS);

function bytesOf({ before, after }: HonestForm, content: Uint8Array | string): Buffer {
  return Buffer.concat([Buffer.from(before), Buffer.from(content), Buffer.from(after)]);
}

it.each(FORMS)("the form of %s arrives as it was sent", async (_, form) => {
  const bed = await makeBed();
  const archive = await archiveOf(bed);
  for (const pieceSize of [1, 13, 1_000_000]) {
    const upload = uploadOf(bytesOf(form, archive), { pieceSize, contentType: form.contentType });

    await expectAnswer(await bed.send("POST", "/api/backups/upload", upload), 204);

    expect(await bed.keys()).toEqual([form.key]);
    const { content } = await bed.manager.download(form.key);
    expect(Buffer.concat(await content.toArray()).equals(archive)).toBe(true);
    await bed.manager.delete(form.key);
  }
});

it.each(FORMS)("the form of %s is understood in pieces of any size", async (_, form) => {
  const content = "PK\r\n--\r\n-";
  const bytes = bytesOf(form, content);
  for (let offset = 0; offset <= bytes.length; offset++) {
    const body = inPieces(bytes, Math.max(1, offset));

    const file = await readSingleFile(body, boundaryOf(form.contentType) ?? "");

    expect(file.filename).toBe(form.key);
    expect(await textOf(file.content)).toBe(content);
  }
});

it.each(FORMS)("the form of %s stores nothing if it is cut off", async (_, form) => {
  const bed = await makeBed();
  const archive = await archiveOf(bed);
  const bytes = bytesOf(form, archive);
  const closing = form.after.lastIndexOf("--") + 2;
  const end = bytes.length - form.after.length + closing; // what follows need not be there
  const offsets = [...Array(30).keys()].map((step) => Math.floor((step * end) / 30));
  for (const offset of [...offsets, end - 2, end - 1]) {
    const upload = uploadOf(bytes.subarray(0, offset), { contentType: form.contentType });

    const response = await bed.send("POST", "/api/backups/upload", upload);

    expect(response.status).toBe(400);
    expect(Object.keys(((await response.json()) as { data: object }).data)).toHaveLength(1);
  }
  expect(await bed.keys()).toEqual([]);
});

it("the archive is not visible before the fields behind it have come", async () => {
  const bed = await makeBed();
  const form = HONEST_FORMS["curl -F"];
  if (!form) throw new Error("there is no such form");
  const bytes = bytesOf(form, await archiveOf(bed));
  const seen: string[][] = [];
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        seen.push(await bed.keys());
        const [piece, isLast] = [[bytes.subarray(0, -20), bytes.subarray(-20)][seen.length - 1], seen.length === 3];
        if (piece) controller.enqueue(piece);
        if (isLast) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const headers = { ...ADMIN, "content-type": form.contentType };

  await expectAnswer(await bed.send("POST", "/api/backups/upload", { body, headers }), 204);

  expect(seen).toEqual([[], [], []]);
  expect(await bed.keys()).toEqual([form.key]);
});

it.each(GENERATIONS)("the SDK $version uploads a file with a note", async (generation) => {
  const bed = await makeLoggedInBed(generation);
  const file = new File([new Uint8Array(await archiveOf(bed))], "new.zip");

  await bed.client.backups.upload({ note: "before the upgrade", file, tags: ["a", "b"] });

  expect(await bed.keys()).toEqual(["new.zip"]);
});

async function textOf(content: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
