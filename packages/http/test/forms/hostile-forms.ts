import { BOUNDARY, type FormParts, formBytes } from "../bed/forms.ts";

/** A request that carries a form: what its head says of the body, and the body. */
export interface RawForm {
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const FORM_DATA = `content-type: multipart/form-data; boundary=${BOUNDARY}`;
const DISPOSITION = 'Content-Disposition: form-data; name="file"; filename="new.zip"';
const OPEN = `--${BOUNDARY}\r\n`;
const CLOSE = `\r\n--${BOUNDARY}--\r\n`;

const ENCODING = "\r\nContent-Transfer-Encoding: base64\r\n";

function field(content: string): string {
  return `${OPEN}Content-Disposition: form-data; name="a"\r\n\r\n${content}\r\n`;
}

function withLength(body: Buffer, type = FORM_DATA): RawForm {
  return { headers: [type, `content-length: ${body.length}`], body };
}

/** Forms that hold an archive, and say something wrong around it. */
const FORMS: Readonly<Record<string, Omit<FormParts, "content">>> = {
  "100 KB of a preamble": { opening: `${"x".repeat(100_000)}\r\n${OPEN}` },
  "a preamble without a line end": { opening: `hello${OPEN}` },
  "100 KB of padding": { opening: `--${BOUNDARY}${" ".repeat(100_000)}\r\n` },
  "a byte order mark in front": { opening: `\ufeff${OPEN}` },
  "no opening": { opening: "" },
  "an opening without hyphens": { opening: `${BOUNDARY}\r\n` },
  "an opening with one hyphen": { opening: `-${BOUNDARY}\r\n` },
  "an opening with three hyphens": { opening: `---${BOUNDARY}\r\n` },
  "an opening in capitals": { opening: OPEN.toUpperCase() },
  "an opening that is the end": { opening: `--${BOUNDARY}--\r\n` },
  "an opening that is cut": { opening: `--${BOUNDARY.slice(0, -1)}\r\n` },
  "an opening that goes on": { opening: `--${BOUNDARY}x\r\n` },
  "an opening and a line feed": { opening: `--${BOUNDARY}\n` },
  "an opening and a carriage return": { opening: `--${BOUNDARY}\r` },
  "two openings": { opening: OPEN + OPEN },
  "an empty part in front": { opening: `${OPEN}\r\n\r\n${OPEN}` },
  "a field of 100 KB in front": { opening: field("x".repeat(100_000)) + OPEN },
  "a field in front that has an encoding": { opening: field("eA==").replace("\r\n", ENCODING) + OPEN },
  "17 fields in front": { opening: field("b").repeat(17) + OPEN },
  "1,000 fields in front": { opening: field("").repeat(1_000) + OPEN },
  "a file without a name in front": { opening: `${OPEN}${DISPOSITION.replace("new.zip", "")}\r\n\r\n\r\n${OPEN}` },
  "a null after the opening": { opening: `--${BOUNDARY}\0\r\n` },
  "no head": { head: "" },
  "a blank head": { head: "\r\n\r\n" },
  "a head of blanks": { head: "   \r\n\r\n" },
  "a head without an end": { head: DISPOSITION },
  "a head with line feeds": { head: `${DISPOSITION}\n\n` },
  "a head with carriage returns": { head: `${DISPOSITION}\r\r` },
  "a colon first": { head: `: x\r\n${DISPOSITION}\r\n\r\n` },
  "no colon": { head: `Content-Disposition form-data\r\n\r\n` },
  "a blank before the colon": { head: `${DISPOSITION.replace(":", " :")}\r\n\r\n` },
  "a folded line": { head: `${DISPOSITION}\r\n\tx\r\n\r\n` },
  "a null in the name": { head: `${DISPOSITION.replace("new", "n\0w")}\r\n\r\n` },
  "a name that is no UTF-8": { head: `${DISPOSITION.replace("new", "INVALID-BYTE")}\r\n\r\n` },
  "100 headers": {
    head: `${DISPOSITION}\r\n${Array.from({ length: 99 }, (_, index) => `X-${index}: 1\r\n`).join("")}\r\n`,
  },
  "100 KB of a header": { head: `${DISPOSITION}\r\nX-Long: ${"x".repeat(100_000)}\r\n\r\n` },
  "100 KB of a file name": { disposition: `form-data; name="file"; filename="${"x".repeat(100_000)}"` },
  "100 KB of backslashes": { disposition: `form-data; name="file"; filename="${"\\".repeat(100_000)}"` },
  "1,000 parameters": { disposition: `form-data; name="file"; filename="new.zip"${"; a=b".repeat(1_000)}` },
  "a repeated disposition": { head: `${DISPOSITION}\r\n${DISPOSITION}\r\n\r\n` },
  "a transfer encoding": { head: `${DISPOSITION}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n` },
  "no disposition": { head: "Content-Type: application/zip\r\n\r\n" },
  "an empty disposition": { disposition: "" },
  "an attachment": { disposition: 'attachment; name="file"; filename="new.zip"' },
  "no name": { disposition: 'form-data; filename="new.zip"' },
  "an empty name": { disposition: 'form-data; name=""; filename="new.zip"' },
  "another name": { disposition: 'form-data; name="File"; filename="new.zip"' },
  "the prototype's name": { disposition: 'form-data; name="__proto__"; filename="new.zip"' },
  "a name twice": { disposition: 'form-data; name="file"; name="x"; filename="new.zip"' },
  "a file name twice": { disposition: 'form-data; name="file"; filename="a.zip"; filename="new.zip"' },
  "no file name": { disposition: 'form-data; name="file"' },
  "an empty file name": { disposition: 'form-data; name="file"; filename=""' },
  "an extended file name alone": { disposition: "form-data; name=\"file\"; filename*=UTF-8''new.zip" },
  "an open quote": { disposition: 'form-data; name="file"; filename="new.zip' },
  "a path": { disposition: 'form-data; name="file"; filename="../new.zip"' },
  "a path of Windows": { disposition: 'form-data; name="file"; filename="..\\\\new.zip"' },
  "a hidden name": { disposition: 'form-data; name="file"; filename=".stowage-lock.0000000000000001"' },
  "an encoded line end in the name": { disposition: 'form-data; name="file"; filename="new%0D%0A.zip"' },
  "no closing": { closing: "" },
  "a closing that is cut": { closing: CLOSE.slice(0, 8) },
  "a closing with one hyphen": { closing: `\r\n--${BOUNDARY}-\r\n` },
  "a closing without hyphens": { closing: `\r\n--${BOUNDARY}\r\n` },
  "a closing after a line feed": { closing: `\n--${BOUNDARY}--\r\n` },
  "a closing of another form": { closing: "\r\n--another--\r\n" },
  "an epilogue without a line end": { closing: `${CLOSE.slice(0, -2)}hello` },
  "100 KB of an epilogue": { closing: CLOSE + "x".repeat(100_000) },
  "a second end": { closing: CLOSE + CLOSE.slice(2) },
  "a second file": { closing: `\r\n${OPEN}${DISPOSITION.replace("new", "b")}\r\n\r\nPK${CLOSE}` },
  "a field behind that is cut off": { closing: `\r\n${field("b").slice(0, -2)}` },
  "a field behind that is called as the file": {
    closing: `\r\n${field("b").replace('"a"', '"file"')}${CLOSE.slice(2)}`,
  },
  "another file behind": { closing: `\r\n${field("b").replace('"a"', '"a"; filename="a"')}${CLOSE.slice(2)}` },
  "a field of 100 KB behind": { closing: `\r\n${field("x".repeat(100_000))}${CLOSE.slice(2)}` },
  "17 fields behind": { closing: `\r\n${field("b").repeat(17)}${CLOSE.slice(2)}` },
  "a form in a form": { head: `${DISPOSITION}\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n` },
};

/** What the head may call the body, wrongly. */
const TYPES = [
  "multipart/form-data",
  "multipart/form-data; boundary=",
  'multipart/form-data; boundary=""',
  `multipart/form-data; boundary=${"b".repeat(71)}`,
  `multipart/form-data; boundary=${"b".repeat(10_000)}`,
  "multipart/form-data; boundary=another",
  `multipart/form-data; boundary="${BOUNDARY}`,
  `multipart/form-data; boundary=${BOUNDARY}; boundary=x`,
  `multipart/form-data, multipart/form-data; boundary=${BOUNDARY}`,
  `multipart/mixed; boundary=${BOUNDARY}`,
  `text/plain; boundary=${BOUNDARY}`,
  "application/zip",
  "application/json",
  "",
];

/** The upload that nothing is wrong with. */
export function soundForm(archive: Uint8Array): RawForm {
  return withLength(formBytes({ content: archive }));
}

/** Every malformed upload of an archive, by what is wrong with it. */
export function hostileForms(archive: Uint8Array): Record<string, RawForm> {
  const good = formBytes({ content: archive });
  const forms = Object.entries(FORMS).map(([flaw, parts]) => {
    const bytes = formBytes({ content: archive, ...parts });
    return [flaw, withLength(flaw.includes("no UTF-8") ? withInvalidByte(bytes) : bytes)] as const;
  });
  const types = TYPES.map(
    (type) => [`the type ${type.slice(0, 80)}`, withLength(good, `content-type: ${type}`)] as const,
  );
  return { ...Object.fromEntries([...forms, ...types]), ...transfers(good) };
}

/** Bodies whose end or length is told wrongly. */
function transfers(good: Buffer): Record<string, RawForm> {
  const chunked = [FORM_DATA, "transfer-encoding: chunked"];
  const chunk = (size: string) => Buffer.concat([Buffer.from(`${size}\r\n`), good, Buffer.from("\r\n0\r\n\r\n")]);
  const length = good.length;
  return {
    "no type": { headers: [`content-length: ${length}`], body: good },
    "no length": { headers: [FORM_DATA], body: good },
    "a length of 0": { headers: [FORM_DATA, "content-length: 0"], body: good },
    "a length that is too short": { headers: [FORM_DATA, `content-length: ${length - 3}`], body: good },
    "a length that is too long": { headers: [FORM_DATA, `content-length: ${length + 9}`], body: good },
    "two lengths": { headers: [FORM_DATA, `content-length: ${length}`, "content-length: 5"], body: good },
    "a negative length": { headers: [FORM_DATA, "content-length: -1"], body: good },
    "a length that is no number": { headers: [FORM_DATA, "content-length: 0x10"], body: good },
    "a length and chunks": { headers: [...chunked, `content-length: ${length}`], body: chunk(length.toString(16)) },
    "a chunk that is too short": { headers: chunked, body: chunk((length + 1).toString(16)) },
    "a chunk that is too long": { headers: chunked, body: chunk((length - 1).toString(16)) },
    "a chunk of no size": { headers: chunked, body: chunk("zz") },
    "a chunk of a monstrous size": { headers: chunked, body: chunk("f".repeat(17)) },
    "no chunk": { headers: chunked, body: Buffer.from("0\r\n\r\n") },
    "an unknown transfer encoding": { headers: [FORM_DATA, "transfer-encoding: gzip"], body: good },
    "two types": { headers: [FORM_DATA, "content-type: text/plain", `content-length: ${length}`], body: good },
  };
}

function withInvalidByte(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString("latin1").replace("INVALID-BYTE", "\xff"), "latin1");
}
