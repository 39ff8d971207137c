import { Readable } from "node:stream";
import { readTree } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { expectAnswer, INVALID, refusal } from "./bed/answers.ts";
import { archiveOf } from "./bed/archive-of.ts";
import { ADMIN, DATA, makeBed } from "./bed/bed.ts";
import { formBytes, inPieces, uploadOf } from "./bed/forms.ts";

function problem(code: string, message: string): object {
  return refusal(400, INVALID, { file: { code, message } });
}

const REQUIRED = problem("validation_required", "Cannot be blank.");
const CUT_OFF = problem("validation_invalid_form", "The form is malformed or cut off.");
const TAKEN = problem("validation_backup_name_exists", "Backup file with the specified name already exists.");
const BAD_NAME = problem("validation_backup_name_exists", "The backup file name is invalid or already exists.");

it.each([1, 7, 100, 1_000_000])("an archive arrives as it was sent, in pieces of %i bytes", async (pieceSize) => {
  const bed = await makeBed();
  const archive = await archiveOf(bed);

  await expectAnswer(
    await bed.send("POST", "/api/backups/upload", uploadOf(formBytes({ content: archive }), { pieceSize })),
    204,
  );

  const { content } = await bed.manager.download("new.zip");
  expect(Buffer.concat(await content.toArray()).equals(archive)).toBe(true);
});

it.each(["größe 😀.zip", 'quo"te.zip', "100%.zip", "a b+c@d.zip", "o'clock.zip", "blob", "upload", "status"])(
  "the name %s round-trips from a browser's form to a download",
  async (name) => {
    const bed = await makeBed();
    const body = new FormData();
    body.append("file", new File([new Uint8Array(await archiveOf(bed))], name));

    await expectAnswer(await bed.send("POST", "/api/backups/upload", { body }), 204);

    expect(await bed.keys()).toEqual([name]);
    const path = `/api/backups/${encodeURIComponent(name)}`;
    expect((await bed.send("GET", `${path}?token=a-file-token`)).status).toBe(200);
    await expectAnswer(await bed.send("DELETE", path), 204);
  },
);

it("what does not start as a zip file is refused by its first bytes", async () => {
  const bed = await makeBed();
  let pieces = 0;
  const text = formBytes({
    content: "x".repeat(1000),
    disposition: 'form-data; name="file"; filename="test_backup.txt"',
  });
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(pieces++ === 0 ? text.subarray(0, 500) : new Uint8Array(65_536)),
  });

  const response = await bed.send("POST", "/api/backups/upload", { ...uploadOf(text), body });

  const message = '"test_backup.txt" mime type must be one of: application/zip.';
  await expectAnswer(response, 400, problem("validation_invalid_mime_type", message));
  expect(pieces).toBeLessThan(10);
  expect(await bed.keys()).toEqual([]);
});

it.each([
  ["an empty file", ""],
  ["three bytes", "PK\u0003"],
])("%s is no archive", async (_, content) => {
  const { send } = await makeBed();
  const message = '"new.zip" mime type must be one of: application/zip.';

  const response = await send("POST", "/api/backups/upload", uploadOf(formBytes({ content })));

  await expectAnswer(response, 400, problem("validation_invalid_mime_type", message));
});

it("an archive that is damaged is refused, and nothing of it is kept", async () => {
  const bed = await makeBed();
  const archive = await archiveOf(bed);

  const response = await bed.send(
    "POST",
    "/api/backups/upload",
    uploadOf(formBytes({ content: archive.subarray(0, -1) })),
  );

  await expectAnswer(response, 400, problem("validation_invalid_mime_type", '"new.zip" is not a valid archive.'));
  expect(await bed.keys()).toEqual([]);
  expect(await readTree(bed.dataDir)).toEqual(DATA);
});

it("a taken key stays as it was", async () => {
  const bed = await makeBed();
  const archive = await archiveOf(bed);
  await bed.filesystem.write("new.zip", Buffer.from("as it was"));

  await expectAnswer(
    await bed.send("POST", "/api/backups/upload", uploadOf(formBytes({ content: archive }))),
    400,
    TAKEN,
  );

  const { content } = await bed.manager.download("new.zip");
  expect(Buffer.concat(await content.toArray()).toString()).toBe("as it was");
});

it.each(["../a.zip", "..\\\\a.zip", ".hidden.zip", "a/b.zip", "a\u0001b.zip", "%0Aa.zip", `${"a".repeat(201)}`])(
  "the file name %j is refused, not repaired",
  async (filename) => {
    const { send, keys } = await makeBed();
    const bytes = formBytes({ content: "PK", disposition: `form-data; name="file"; filename="${filename}"` });

    await expectAnswer(await send("POST", "/api/backups/upload", uploadOf(bytes)), 400, BAD_NAME);

    expect(await keys()).toEqual([]);
  },
);

it.each([
  ["JSON", { body: "{}", headers: { ...ADMIN, "content-type": "application/json" } }],
  ["no body", {}],
  ["no boundary", uploadOf(formBytes({ content: "PK" }), { contentType: "multipart/form-data" })],
  ["an empty boundary", uploadOf(formBytes({ content: "PK" }), { contentType: "multipart/form-data; boundary=" })],
  [
    "a monstrous boundary",
    uploadOf(formBytes({ content: "PK" }), { contentType: `multipart/form-data; boundary=${"b".repeat(71)}` }),
  ],
  ["a field that is no file", uploadOf(formBytes({ content: "PK", disposition: 'form-data; name="file"' }))],
  ["a file without a name", uploadOf(formBytes({ content: "PK", disposition: 'form-data; name="file"; filename=""' }))],
])("%s holds no file", async (_, init) => {
  const { send } = await makeBed();

  await expectAnswer(await send("POST", "/api/backups/upload", init), 400, REQUIRED);
});

it("an archive over the limit is refused, by what it says of itself or by its bytes", async () => {
  const bed = await makeBed({ handler: { maxUploadSize: 100 } });
  const bytes = formBytes({ content: await archiveOf(bed) });
  const tooLarge = refusal(413, "Request entity too large.");

  await expectAnswer(await bed.send("POST", "/api/backups/upload", uploadOf(bytes)), 413, tooLarge);
  const { headers } = uploadOf(bytes);
  const announced = { body: inPieces(bytes, 10), headers: { ...headers, "content-length": "100000000000" } };
  await expectAnswer(await bed.send("POST", "/api/backups/upload", announced), 413, tooLarge);

  expect(await bed.keys()).toEqual([]);
});

it("a client that leaves stores nothing, wherever it left", async () => {
  const bed = await makeBed();
  const bytes = formBytes({ content: await archiveOf(bed) });
  for (let offset = 0; offset < bytes.length; offset += 11) {
    const body = Readable.toWeb(Readable.from(dyingAfter(bytes.subarray(0, offset)))) as ReadableStream;

    const response = await bed.send("POST", "/api/backups/upload", { ...uploadOf(bytes), body });

    await expectAnswer(response, 400, CUT_OFF);
  }
  expect(await bed.keys()).toEqual([]);
  expect(await readTree(bed.dataDir)).toEqual(DATA);
  expect(bed.errors).toEqual([]);
});

async function* dyingAfter(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
  throw new Error("the connection was reset");
}
