import { malformed } from "./malformed.ts";

/** What the head of a part says. */
export interface PartHead {
  readonly name: string;
  /** The name of the file; undefined for a field that is no file. */
  readonly filename: string | undefined;
}

const MAX_HEADERS = 16;
const HEADER = /^([\w!#$%&'*+.^`|~-]+):[ \t]*([^\r\n\0]*)$/;
/** One parameter: a token, or a quoted string in which a backslash escapes a quote or a backslash. */
const PARAMETER = /[ \t]*;[ \t]*([a-z*]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"\\]+))/giy;
const PLAIN_ENCODINGS: ReadonlySet<string> = new Set(["7bit", "8bit", "binary"]);

/** Reads the head of a part (RFC 7578). Throws 400 for one that is not well-formed, or says something twice. */
export function parsePartHead(bytes: Uint8Array): PartHead {
  const headers = parseHeaders(decode(bytes));
  const encoding = headers.get("content-transfer-encoding");
  if (encoding !== undefined && !PLAIN_ENCODINGS.has(encoding.toLowerCase())) throw malformed();
  const parameters = parseDisposition(headers.get("content-disposition") ?? "");
  const name = parameters.get("name");
  if (name === undefined) throw malformed();
  return { name, filename: parameters.get("filename") };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw malformed();
  }
}

function parseHeaders(text: string): Map<string, string> {
  const lines = text.split("\r\n", MAX_HEADERS + 1);
  if (lines.length > MAX_HEADERS) throw malformed();
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name = "", value = ""] = HEADER.exec(line) ?? [];
    if (name === "" || headers.has(name.toLowerCase())) throw malformed();
    headers.set(name.toLowerCase(), value.trim());
  }
  return headers;
}

function parseDisposition(value: string): Map<string, string> {
  const [type = ""] = value.split(";", 1);
  if (type.trim().toLowerCase() !== "form-data") throw malformed();
  const parameters = new Map<string, string>();
  let position = type.length;
  while (position < value.length) {
    PARAMETER.lastIndex = position;
    const match = PARAMETER.exec(value);
    const name = match?.[1]?.toLowerCase();
    if (!match || name === undefined || parameters.has(name)) throw malformed();
    parameters.set(name, match[2] === undefined ? (match[3] ?? "") : unescapeQuoted(match[2]));
    position = PARAMETER.lastIndex;
  }
  return parameters;
}

/** Undoes what browsers do to a name (WHATWG, multipart/form-data encoding algorithm), and what other clients do (RFC 9110). */
function unescapeQuoted(text: string): string {
  return text
    .replaceAll(/\\(["\\])/g, "$1")
    .replaceAll("%22", '"')
    .replaceAll(/%0D/gi, "\r")
    .replaceAll(/%0A/gi, "\n");
}
