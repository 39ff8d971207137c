/** What a form holds that is exactly one file. */
export interface ExpectedForm {
  readonly key: string;
  readonly content: Buffer;
}

/** Reads a whole form in the most literal way there is, to compare with. Undefined for anything but exactly one file. */
export function expectedForm(bytes: Buffer, type: string): ExpectedForm | undefined {
  const [, quoted, plain] = /boundary=(?:"([^"]*)"|([^\s;]*))\s*$/i.exec(type) ?? [];
  const boundary = quoted ?? plain ?? "";
  const text = bytes.toString("latin1");
  const opening = `--${boundary}\r\n`;
  if (boundary === "" || !text.startsWith(opening)) return undefined;
  const headEnd = text.indexOf("\r\n\r\n", opening.length);
  if (headEnd === -1) return undefined;
  const end = text.indexOf(`\r\n--${boundary}`, headEnd + 4);
  const closing = end === -1 ? "" : text.slice(end + boundary.length + 4);
  if (closing !== "--" && closing !== "--\r\n") return undefined;
  const head = bytes.toString("utf8", opening.length, headEnd);
  return { key: fileNameIn(head), content: bytes.subarray(headEnd + 4, end) };
}

function fileNameIn(head: string): string {
  const [, quoted, plain] = /;[ \t]*filename=(?:"((?:\\.|[^"\\])*)"|([^\s;"\\]+))/i.exec(head) ?? [];
  if (quoted === undefined) return plain ?? "";
  return quoted
    .replaceAll(/\\(["\\])/g, "$1")
    .replaceAll("%22", '"')
    .replaceAll(/%0D/gi, "\r")
    .replaceAll(/%0A/gi, "\n");
}
