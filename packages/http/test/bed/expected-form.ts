/** What a form holds that has exactly one file. */
export interface ExpectedForm {
  readonly key: string;
  readonly content: Buffer;
}

/** Reads a whole form in the most literal way there is, to compare with. Undefined for anything but exactly one file. */
export function expectedForm(bytes: Buffer, type: string): ExpectedForm | undefined {
  const [, quoted, plain] = /;[ \t]*boundary=(?:"([^"]*)"|([^\s;]*))/i.exec(type) ?? [];
  const delimiter = `\r\n--${quoted ?? plain ?? ""}`;
  const [, ...pieces] = `\r\n${bytes.toString("latin1")}`.split(delimiter);
  const end = pieces.findIndex((piece) => /^--[ \t]*(?:\r\n|$)/.test(piece));
  if (end === -1 || end !== pieces.length - 1) return undefined;
  const parts = pieces.slice(0, end).map((piece) => /^[ \t]*\r\n(.*?)\r\n(?:\r\n(.*))?$/s.exec(piece));
  if (parts.some((part) => part === null)) return undefined;
  const files = parts.filter((part) => /;[ \t]*filename\*?=/i.test(part?.[1] ?? ""));
  if (files.length !== 1) return undefined;
  const [, head = "", content = ""] = files[0] ?? [];
  return { key: fileNameIn(Buffer.from(head, "latin1").toString()), content: Buffer.from(content, "latin1") };
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
