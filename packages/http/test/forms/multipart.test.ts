import { readTree } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { boundaryOf } from "../../src/multipart/boundary.ts";
import { readSingleFile } from "../../src/multipart/single-file.ts";
import { expectAnswer, INVALID, refusal } from "../bed/answers.ts";
import { archiveOf } from "../bed/archive-of.ts";
import { DATA, makeBed } from "../bed/bed.ts";
import { BOUNDARY, formBytes, inPieces, uploadOf } from "../bed/forms.ts";

const DISPOSITION = 'Content-Disposition: form-data; name="file"; filename="new.zip"';
const BROKEN_CODE = "validation_invalid_form";
const UNEXPECTED = "validation_unexpected_file";
const TOO_MANY = "validation_too_many_fields";
const TOO_LARGE = "validation_length_out_of_range";
const BROKEN = refusal(400, INVALID, { file: { code: BROKEN_CODE, message: "The form is malformed or cut off." } });
const SECOND = `\r\n--${BOUNDARY}\r\n${DISPOSITION}\r\n\r\nPK\r\n--${BOUNDARY}--\r\n`;

const FILE = `--${BOUNDARY}\r\n${DISPOSITION}\r\n\r\nPK\u0003\u0004\r\n`;
const END = `--${BOUNDARY}--\r\n`;

function field(name: string, content = "x", headers = ""): string {
  return `--${BOUNDARY}\r\n${headers}Content-Disposition: form-data; name=${name}\r\n\r\n${content}\r\n`;
}

/** What is wrong with each form; an archive is in all of them. */
const MALFORMED = {
  "9 KB in front": { opening: `${"x".repeat(9_000)}\r\n--${BOUNDARY}\r\n` },
  "what is almost the boundary in front": { opening: `--${BOUNDARY}x\r\n--${BOUNDARY}\r\n` },
  "a line feed alone after the boundary": { opening: `--${BOUNDARY}\n` },
  "text after the boundary": { opening: `--${BOUNDARY}  x\r\n` },
  "2 KB of blanks after the boundary": { opening: `--${BOUNDARY}${" ".repeat(2_000)}\r\n` },
  "no closing boundary": { closing: "" },
  "half of the closing boundary": { closing: `\r\n--${BOUNDARY.slice(0, 5)}` },
  "one hyphen at the end": { closing: `\r\n--${BOUNDARY}-` },
  "a new part instead of the end": { closing: `\r\n--${BOUNDARY}\r\n` },
  "something behind on the same line": { closing: `\r\n--${BOUNDARY}--hello` },
  "9 KB behind": { closing: `\r\n--${BOUNDARY}--\r\n${"x".repeat(9_000)}` },
  "half a line end behind": { closing: `\r\n--${BOUNDARY}--\r` },
  "two ends": { closing: `\r\n--${BOUNDARY}--\r\nhello\r\n--${BOUNDARY}--\r\n` },
  "a form behind": { closing: `\r\n--${BOUNDARY}--${SECOND}` },
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
  "an empty name": { disposition: 'form-data; name=""; filename="new.zip"' },
  "a blank before the equals sign": { disposition: 'form-data; name = "file"; filename="new.zip"' },
  "an extended name that is no UTF-8": { disposition: "form-data; name=file; filename=new.zip; filename*=utf-8''%ff" },
  "two names": { disposition: 'form-data; name="file"; name="file"; filename="new.zip"' },
  "two file names": { disposition: 'form-data; name="file"; filename="a.zip"; filename="new.zip"' },
  "an open quote": { disposition: 'form-data; name="file"; filename="new.zip' },
  "text between parameters": { disposition: 'form-data; name="file" hello; filename="new.zip"' },
};

/** Forms in which no part begins. */
const UNOPENED = {
  "something in front on the same line": { opening: `hello--${BOUNDARY}\r\n` },
  "the end in front": { opening: `--${BOUNDARY}--\r\n--${BOUNDARY}\r\n` },
  "no opening boundary": { opening: "" },
  "another boundary": { opening: "--other\r\n" },
  "a byte order mark in front": { opening: `\ufeff--${BOUNDARY}\r\n` },
  "three hyphens": { opening: `---${BOUNDARY}\r\n` },
};

it.each(Object.entries(UNOPENED))("a form with %s holds no file", async (_, parts) => {
  const bed = await makeBed();
  const bytes = formBytes({ content: await archiveOf(bed), ...parts });

  const response = await bed.send("POST", "/api/backups/upload", uploadOf(bytes));

  const data = { file: { code: "validation_required", message: "Cannot be blank." } };
  await expectAnswer(response, 400, refusal(400, INVALID, data));
  expect(await bed.keys()).toEqual([]);
});

it.each(Object.entries(MALFORMED))("a form with %s is refused, and nothing is stored", async (flaw, parts) => {
  const bed = await makeBed();
  const bytes = formBytes({ content: await archiveOf(bed), ...parts });
  const sent = flaw.includes("UTF-8") ? Buffer.from(bytes.toString("latin1").replace("Ã¿", "\xff"), "latin1") : bytes;

  for (const pieceSize of [1, 50, 1_000_000]) {
    const response = await bed.send("POST", "/api/backups/upload", uploadOf(sent, { pieceSize }));
    await expectAnswer(response, 400, BROKEN);
  }

  expect(await bed.keys()).toEqual([]);
  expect(await readTree(bed.dataDir)).toEqual(DATA);
});

/** Forms of which one field is wrong: the form, the field, and the code. */
const REFUSED: Readonly<Record<string, readonly [string, string, string]>> = {
  "two files": [FILE + FILE + END, "file", "validation_too_many_files"],
  "a field that is called as the file, in front": [field("file") + FILE + END, "file", "validation_required"],
  "a field that is called as the file, behind": [FILE + field("file") + END, "file", "validation_too_many_files"],
  "a file with another name, in front": [field("other; filename=a.zip") + FILE + END, "other", UNEXPECTED],
  "a file with another name, behind": [FILE + field("other; filename=a.zip") + END, "other", UNEXPECTED],
  "a file in the field __proto__": [FILE + field("__proto__; filename=a.zip") + END, "__proto__", UNEXPECTED],
  "no part": [END, "file", "validation_required"],
  "fields alone": [field("a") + field("b") + END, "file", "validation_required"],
  "a file without a name": [field('file; filename=""') + END, "file", "validation_required"],
  "17 fields in front": [field("a").repeat(16) + field("last") + FILE + END, "last", TOO_MANY],
  "17 fields around": [field("a").repeat(9) + FILE + field("b").repeat(7) + field("last") + END, "last", TOO_MANY],
  "a large field in front": [field("large", "x".repeat(8_193)) + FILE + END, "large", TOO_LARGE],
  "a large field behind": [FILE + field("large", "x".repeat(8_193)) + END, "large", TOO_LARGE],
  "a file that nobody chose, with content": [
    FILE + field('more; filename=""', "x".repeat(9_000)) + END,
    "more",
    TOO_LARGE,
  ],
  "a field in base64": [field("a", "eA==", "content-transfer-encoding: base64\r\n") + FILE + END, "a", BROKEN_CODE],
  "a field behind that is cut off": [`${FILE}${field("a").slice(0, -1)}`, "file", BROKEN_CODE],
  "a field behind without an end": [`${FILE}${field("a")}`, "file", BROKEN_CODE],
};

it.each(Object.entries(REFUSED))(
  "a form with %s is refused by the name of the field",
  async (_, [form, name, code]) => {
    const bed = await makeBed();
    for (const pieceSize of [1, 50, 1_000_000]) {
      const response = await bed.send("POST", "/api/backups/upload", uploadOf(Buffer.from(form), { pieceSize }));

      const data = Object.fromEntries([[name, { code, message: expect.any(String) }]]);
      await expectAnswer(response, 400, refusal(400, INVALID, data));
    }
    expect(await bed.keys()).toEqual([]);
    expect(await readTree(bed.dataDir)).toEqual(DATA);
  },
);

it.each(["in front", "behind"])("16 fields of 8 KiB each are passed over %s", async (place) => {
  const bed = await makeBed();
  const fields = field("a", "x".repeat(8_192)).repeat(16);
  const parts = place === "behind" ? { closing: `\r\n${fields}${END}` } : { opening: `${fields}--${BOUNDARY}\r\n` };
  const bytes = formBytes({ content: await archiveOf(bed), ...parts });

  await expectAnswer(await bed.send("POST", "/api/backups/upload", uploadOf(bytes, { pieceSize: 5_000 })), 204);
});

it.each([
  ["a preamble", { opening: `hello\r\n\r\n--${BOUNDARY}\r\n` }],
  ["an empty line in front", { opening: `\r\n--${BOUNDARY}\r\n` }],
  ["padding behind the boundaries", { opening: `--${BOUNDARY} \t\r\n`, closing: `\r\n--${BOUNDARY}--\t \r\n` }],
  ["an epilogue", { closing: `\r\n--${BOUNDARY}--\r\nhello\r\n` }],
  ["a field without content", { opening: `${field("a", "").slice(0, -2)}--${BOUNDARY}\r\n` }],
  ["an extended name without anything encoded", { disposition: "form-data; name=file; filename=new.zip; filename*=x" }],
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
  ["multipart/form-data; boundary=abc; charset=utf-8", "abc"],
  ['multipart/form-data ; charset="utf-8" ;\tboundary="abc"', "abc"],
  ["multipart/form-data; boundary=abc;", "abc"],
  ["multipart/form-data; charset; boundary=abc", undefined],
  ["multipart/form-data; boundary=a=b", undefined],
  ["multipart/form-data boundary=abc", undefined],
  ["multipart/form-data; charset=utf-8", undefined],
  ["multipart/mixed; boundary=abc", undefined],
  ["multipart/form-data-x; boundary=abc", undefined],
  [null, undefined],
])("the boundary of %s is %s", (contentType, boundary) => {
  expect(boundaryOf(contentType)).toBe(boundary);
});
