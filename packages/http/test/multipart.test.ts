import { expect, it } from "vitest";
import { boundaryOf } from "../src/multipart/boundary.ts";
import { readSingleFile } from "../src/multipart/single-file.ts";
import { expectAnswer, INVALID, refusal } from "./answers.ts";
import { archiveOf } from "./archive-of.ts";
import { DATA, makeBed, readTree } from "./bed.ts";
import { BOUNDARY, formBytes, inPieces, uploadOf } from "./forms.ts";

const DISPOSITION = 'Content-Disposition: form-data; name="file"; filename="new.zip"';
const SECOND = `\r\n--${BOUNDARY}\r\n${DISPOSITION}\r\n\r\nPK\r\n--${BOUNDARY}--\r\n`;

/** What is wrong with each form; an archive is in all of them. */
const MALFORMED = {
  "something in front": { opening: `hello\r\n--${BOUNDARY}\r\n` },
  "no opening boundary": { opening: "" },
  "another boundary": { opening: "--other\r\n" },
  "a line feed alone after the boundary": { opening: `--${BOUNDARY}\n` },
  "blanks after the boundary": { opening: `--${BOUNDARY}  \r\n` },
  "no closing boundary": { closing: "" },
  "half of the closing boundary": { closing: `\r\n--${BOUNDARY.slice(0, 5)}` },
  "one hyphen at the end": { closing: `\r\n--${BOUNDARY}-` },
  "a new part instead of the end": { closing: `\r\n--${BOUNDARY}\r\n` },
  "something behind": { closing: `\r\n--${BOUNDARY}--\r\nhello` },
  "two line ends behind": { closing: `\r\n--${BOUNDARY}--\r\n\r\n` },
  "two ends": { closing: `\r\n--${BOUNDARY}--\r\nhello\r\n--${BOUNDARY}--\r\n` },
  "a second file": { closing: SECOND },
  "a second field": { closing: SECOND.replace('; filename="new.zip"', "") },
  "no head": { head: "" },
  "an empty head": { head: "\r\n" },
  "a head without an end": { head: `${DISPOSITION}\r\n` },
  "line feeds alone": { head: `${DISPOSITION}\n\n` },
  "no disposition": { head: "Content-Type: application/zip\r\n\r\n" },
  "two dispositions": { head: `${DISPOSITION}\r\n${DISPOSITION}\r\n\r\n` },
  "a header without a colon": { head: `${DISPOSITION}\r\nhello\r\n\r\n` },
  "a folded header": { head: `${DISPOSITION};\r\n more="x"\r\n\r\n` },
  "a header of 9 KB": { head: `${DISPOSITION}\r\nX-Long: ${"x".repeat(9_000)}\r\n\r\n` },
  "17 headers": { head: `${DISPOSITION}\r\n${"X-A: b\r\n".repeat(16)}\r\n` },
  "a null in a header": { head: `${DISPOSITION}\0\r\n\r\n` },
  "a name that is not UTF-8": {
    head: Buffer.from(`${DISPOSITION.replace("new", "\xff")}\r\n\r\n`, "latin1").toString("latin1"),
  },
  base64: { head: `${DISPOSITION}\r\nContent-Transfer-Encoding: base64\r\n\r\n` },
  "another disposition": { disposition: 'attachment; name="file"; filename="new.zip"' },
  "no name": { disposition: 'form-data; filename="new.zip"' },
  "another name": { disposition: 'form-data; name="files"; filename="new.zip"' },
  "two names": { disposition: 'form-data; name="file"; name="file"; filename="new.zip"' },
  "two file names": { disposition: 'form-data; name="file"; filename="a.zip"; filename="new.zip"' },
  "an open quote": { disposition: 'form-data; name="file"; filename="new.zip' },
  "text between parameters": { disposition: 'form-data; name="file" hello; filename="new.zip"' },
};

it.each(Object.entries(MALFORMED))("a form with %s is refused, and nothing is stored", async (flaw, parts) => {
  const bed = await makeBed();
  const bytes = formBytes({ content: await archiveOf(bed), ...parts });
  const sent = flaw.includes("UTF-8") ? Buffer.from(bytes.toString("latin1").replace("Ã¿", "\xff"), "latin1") : bytes;

  for (const pieceSize of [1, 50, 1_000_000]) {
    const response = await bed.send("POST", "/api/backups/upload", uploadOf(sent, { pieceSize }));
    await expectAnswer(response, 400, refusal(400, INVALID));
  }

  expect(await bed.keys()).toEqual([]);
  expect(await readTree(bed.dataDir)).toEqual(DATA);
});

it.each([
  ["no line end at the end", { closing: `\r\n--${BOUNDARY}--` }],
  ["a token for a name", { disposition: "form-data; name=file; filename=new.zip" }],
  ["names in capitals", { head: `CONTENT-DISPOSITION: FORM-DATA; NAME="file"; FILENAME="new.zip"\r\n\r\n` }],
  [
    "an extended name beside the name",
    { disposition: `form-data; name="file"; filename="new.zip"; filename*=UTF-8''x.zip` },
  ],
  ["an escaped quote", { disposition: 'form-data; name="file"; filename="ne\\"w.zip"' }],
])("a form with %s is understood", async (_, parts) => {
  const bed = await makeBed();
  const bytes = formBytes({ content: await archiveOf(bed), ...parts });

  await expectAnswer(await bed.send("POST", "/api/backups/upload", uploadOf(bytes, { pieceSize: 13 })), 204);

  expect(await bed.keys()).toEqual([expect.stringMatching(/^ne"?w\.zip$/)]);
});

it("content that looks like the start of the boundary arrives whole, in pieces of any size", async () => {
  const content = `\r\n--${BOUNDARY.slice(0, -1)}\r\n--\r\n--${BOUNDARY.slice(0, 3)}\r\r\n-`.repeat(3);
  const bytes = formBytes({ content });
  for (let pieceSize = 1; pieceSize <= bytes.length; pieceSize++) {
    const file = await readSingleFile(inPieces(bytes, pieceSize), BOUNDARY);

    const chunks: Buffer[] = [];
    for await (const chunk of file.content) chunks.push(chunk);

    expect(Buffer.concat(chunks).toString()).toBe(content);
  }
});

it.each([
  ["multipart/form-data; boundary=abc", "abc"],
  ['Multipart/Form-Data;BOUNDARY="a b"', "a b"],
  [`multipart/form-data; boundary=${"b".repeat(70)}`, "b".repeat(70)],
  [`multipart/form-data; boundary=${"b".repeat(71)}`, undefined],
  ['multipart/form-data; boundary="a "', undefined],
  ['multipart/form-data; boundary=""', undefined],
  ["multipart/form-data; boundary=a\u00e9", undefined],
  ["multipart/form-data; boundary=a; boundary=b", undefined],
  ["multipart/mixed; boundary=abc", undefined],
  ["multipart/form-data-x; boundary=abc", undefined],
  [null, undefined],
])("the boundary of %s is %s", (contentType, boundary) => {
  expect(boundaryOf(contentType)).toBe(boundary);
});
