/** What a client sends for an upload of one archive, byte for byte, with a boundary of the kind that it makes. */
export interface HonestForm {
  readonly contentType: string;
  /** What stands in front of the archive and behind it, as UTF-8. */
  readonly before: string;
  readonly after: string;
  readonly key: string;
}

const DART = `dart-http-boundary-${"aB3_+.-Zz".repeat(5)}aB3_+.`;
const WEBKIT = "----WebKitFormBoundarytGzJ7Kpe0BHkWQXc";
const FIREFOX = "----geckoformboundary8f2c5b9a1d3e4f60718293a4b5c6d7e8";
const OLD_FIREFOX = "---------------------------9051914041544843365972754266";
const DOTNET = "3f0d2bd1-5d8f-4b7a-9c55-7d1f0ad1b2c3";
const APACHE = "o1kXbJ3-Zt_8mQw0rNfYv5uHs2LcEa7";
const MAIL = "===============1234567890123456789==";
const CURL = "------------------------fad23915dd07d8bd";
const HEX = "b344fc53f6ea30973eb52b574a132284";
const GO = "55e3de1ab951c2fc40764a5fd228554d1a386deb60269181d28281d6211a";
const UNDICI = "----formdata-undici-053637544473";
const OKHTTP = "0e1cf2c5-6bb6-4a6c-8f7e-2f4d5a0a7f11";
const PARTS = "----=_Part_0_1522384516.1700000000000";

function lines(...texts: readonly string[]): string {
  return texts.join("\r\n");
}

/** By the client that sends it. */
export const HONEST_FORMS: Readonly<Record<string, HonestForm>> = {
  "the Dart SDK of PocketBase": {
    contentType: `multipart/form-data; boundary=${DART}`,
    before: lines(
      `--${DART}`,
      'content-disposition: form-data; name="@jsonPayload"',
      ...["", "{}", `--${DART}`, "content-type: application/octet-stream"],
      ...['content-disposition: form-data; name="file"; filename="new.zip"', "", ""],
    ),
    after: lines("", `--${DART}--`, ""),
    key: "new.zip",
  },
  "package:http of Dart with a field that is not plain ASCII": {
    contentType: `multipart/form-data; boundary=${DART}`,
    before: lines(
      `--${DART}`,
      'content-disposition: form-data; name="note"',
      "content-type: text/plain; charset=utf-8",
      ...["content-transfer-encoding: binary", "", "größer", `--${DART}`, "content-type: application/zip"],
      ...['content-disposition: form-data; name="file"; filename="größe %22x%22.zip"', "", ""],
    ),
    after: lines("", `--${DART}--`, ""),
    key: 'größe "x".zip',
  },
  Chrome: {
    contentType: `multipart/form-data; boundary=${WEBKIT}`,
    before: lines(
      `--${WEBKIT}`,
      ...['Content-Disposition: form-data; name="note"', "", "hello", `--${WEBKIT}`],
      'Content-Disposition: form-data; name="file"; filename="größe 😀.zip"',
      ...["Content-Type: application/x-zip-compressed", "", ""],
    ),
    after: lines("", `--${WEBKIT}--`, ""),
    key: "größe 😀.zip",
  },
  "Safari, with a second file of which none was chosen": {
    contentType: `multipart/form-data; boundary=${WEBKIT}`,
    before: lines(
      `--${WEBKIT}`,
      'Content-Disposition: form-data; name="file"; filename="new.zip"',
      ...["Content-Type: application/zip", "", ""],
    ),
    after: lines(
      ...["", `--${WEBKIT}`, 'Content-Disposition: form-data; name="more"; filename=""'],
      ...["Content-Type: application/octet-stream", "", "", `--${WEBKIT}--`, ""],
    ),
    key: "new.zip",
  },
  Firefox: {
    contentType: `multipart/form-data; boundary=${FIREFOX}`,
    before: lines(
      `--${FIREFOX}`,
      'Content-Disposition: form-data; name="file"; filename="a %22b%22.zip"',
      ...["Content-Type: application/zip", "", ""],
    ),
    after: lines(
      ...["", `--${FIREFOX}`, 'Content-Disposition: form-data; name="send"', "", "Upload", `--${FIREFOX}--`, ""],
    ),
    key: 'a "b".zip',
  },
  "Firefox before 90": {
    contentType: `multipart/form-data; boundary=${OLD_FIREFOX}`,
    before: lines(
      `--${OLD_FIREFOX}`,
      'Content-Disposition: form-data; name="file"; filename="a \\"b\\".zip"',
      ...["Content-Type: application/zip", "", ""],
    ),
    after: lines("", `--${OLD_FIREFOX}--`, ""),
    key: 'a "b".zip',
  },
  "HttpClient of .NET": {
    contentType: `multipart/form-data; boundary="${DOTNET}"`,
    before: lines(
      `--${DOTNET}`,
      ...["Content-Type: text/plain; charset=utf-8", "Content-Disposition: form-data; name=note", "", "hello"],
      ...[`--${DOTNET}`, "Content-Type: application/zip"],
      "Content-Disposition: form-data; name=file; filename=new.zip; filename*=utf-8''new.zip",
      ...["", ""],
    ),
    after: lines("", `--${DOTNET}--`, ""),
    key: "new.zip",
  },
  "HttpClient of .NET with a name that is not plain ASCII": {
    contentType: `multipart/form-data; boundary="${DOTNET}"`,
    before: lines(
      `--${DOTNET}`,
      "Content-Disposition: form-data; name=file; filename=\"=?utf-8?B?Z3LDtsOfZS56aXA=?=\"; filename*=utf-8''gr%C3%B6%C3%9Fe.zip",
      ...["", ""],
    ),
    after: lines("", `--${DOTNET}--`, ""),
    key: "größe.zip",
  },
  "Apache HttpClient 4, strict": {
    contentType: `multipart/form-data; boundary=${APACHE}; charset=UTF-8`,
    before: lines(
      ...[`--${APACHE}`, 'Content-Disposition: form-data; name="note"', "Content-Type: text/plain; charset=ISO-8859-1"],
      ...["Content-Transfer-Encoding: 8bit", "", "hello", `--${APACHE}`],
      'Content-Disposition: form-data; name="file"; filename="new.zip"',
      ...["Content-Type: application/octet-stream", "Content-Transfer-Encoding: binary", "", ""],
    ),
    after: lines("", `--${APACHE}--`, ""),
    key: "new.zip",
  },
  "Apache HttpClient 5, with a preamble and an epilogue": {
    contentType: `multipart/form-data; charset=UTF-8; boundary=${APACHE}`,
    before: lines(
      ...["A form.", `--${APACHE}`],
      'Content-Disposition: form-data; name="file"; filename="gr%C3%B6%C3%9Fe.zip"; filename*="UTF-8\'\'gr%C3%B6%C3%9Fe.zip"',
      ...["Content-Type: application/zip", "", ""],
    ),
    after: lines("", `--${APACHE}--`, "The end.", ""),
    key: "größe.zip",
  },
  "curl -F": {
    contentType: `multipart/form-data; boundary=${CURL}`,
    before: lines(
      `--${CURL}`,
      'Content-Disposition: form-data; name="file"; filename="größe %22x%22.zip"',
      ...["Content-Type: application/octet-stream", "", ""],
    ),
    after: lines("", `--${CURL}`, 'Content-Disposition: form-data; name="note"', "", "hi", `--${CURL}--`, ""),
    key: 'größe "x".zip',
  },
  "requests of Python": {
    contentType: `multipart/form-data; boundary=${HEX}`,
    before: lines(
      ...[`--${HEX}`, 'Content-Disposition: form-data; name="note"', "", "hi", `--${HEX}`],
      ...['Content-Disposition: form-data; name="file"; filename="größe.zip"', "", ""],
    ),
    after: lines("", `--${HEX}--`, ""),
    key: "größe.zip",
  },
  "aiohttp of Python": {
    contentType: `multipart/form-data; boundary=${HEX}`,
    before: lines(
      ...[`--${HEX}`, "Content-Type: text/plain; charset=utf-8", 'Content-Disposition: form-data; name="note"'],
      ...["", "hi", `--${HEX}`, "Content-Type: application/zip"],
      ...['Content-Disposition: form-data; name="file"; filename="new.zip"', "", ""],
    ),
    after: lines("", `--${HEX}--`, ""),
    key: "new.zip",
  },
  "mime/multipart of Go": {
    contentType: `multipart/form-data; boundary=${GO}`,
    before: lines(
      ...[`--${GO}`, 'Content-Disposition: form-data; name="note"', "", "hi", `--${GO}`],
      'Content-Disposition: form-data; name="file"; filename="größe \\"x\\".zip"',
      ...["Content-Type: application/octet-stream", "", ""],
    ),
    after: lines("", `--${GO}`, 'Content-Disposition: form-data; name="z"', "", "", `--${GO}--`, ""),
    key: 'größe "x".zip',
  },
  "fetch of Node, and the JavaScript SDK with a note": {
    contentType: `multipart/form-data; boundary=${UNDICI}`,
    before: lines(
      `--${UNDICI}`,
      ...['Content-Disposition: form-data; name="file"; filename="new.zip"', "Content-Type: application/zip", "", ""],
    ),
    after: lines("", `--${UNDICI}`, 'Content-Disposition: form-data; name="note"', "", "hi", `--${UNDICI}--`, ""),
    key: "new.zip",
  },
  "Uppy, with what it knows of the file": {
    contentType: `multipart/form-data; boundary=${WEBKIT}`,
    before: lines(
      ...[`--${WEBKIT}`, 'Content-Disposition: form-data; name="relativePath"', "", "null"],
      ...[`--${WEBKIT}`, 'Content-Disposition: form-data; name="name"', "", "new.zip"],
      ...[`--${WEBKIT}`, 'Content-Disposition: form-data; name="type"', "", "application/zip", `--${WEBKIT}`],
      'Content-Disposition: form-data; name="file"; filename="new.zip"',
      ...["Content-Type: application/zip", "", ""],
    ),
    after: lines("", `--${WEBKIT}--`, ""),
    key: "new.zip",
  },
  OkHttp: {
    contentType: `multipart/form-data; boundary=${OKHTTP}`,
    before: lines(
      ...[`--${OKHTTP}`, 'Content-Disposition: form-data; name="file"; filename="new.zip"'],
      ...["Content-Type: application/zip", "Content-Length: 4", "", ""],
    ),
    after: lines("", `--${OKHTTP}--`, ""),
    key: "new.zip",
  },
  "reqwest of Rust with a name that has a blank": {
    contentType: `multipart/form-data; boundary=${HEX}`,
    before: lines(
      `--${HEX}`,
      "Content-Disposition: form-data; name=\"file\"; filename*=utf-8''my%20backup.zip",
      "",
      "",
    ),
    after: lines("", `--${HEX}--`, ""),
    key: "my backup.zip",
  },
  "the mail library of Python": {
    contentType: `multipart/form-data; boundary="${MAIL}"`,
    before: lines(
      ...["This is a multi-part message in MIME format.", `--${MAIL}`, "Content-Type: application/zip"],
      ...["MIME-Version: 1.0", 'Content-Disposition: form-data; name="file"; filename="new.zip"', "", ""],
    ),
    after: lines("", `--${MAIL}--`, "", ""),
    key: "new.zip",
  },
  "the mail library of Java, with padding": {
    contentType: `multipart/form-data;\tboundary="${PARTS}"`,
    before: lines(
      ...["", `--${PARTS} \t`, "Content-Disposition: form-data; name=note", "", `--${PARTS}\t`],
      ...["Content-Type: application/zip; name=new.zip", "Content-Transfer-Encoding: binary"],
      ...["Content-Disposition: form-data; name=file; filename=new.zip", "", ""],
    ),
    after: lines("", `--${PARTS}--  `, "bye"),
    key: "new.zip",
  },
};
