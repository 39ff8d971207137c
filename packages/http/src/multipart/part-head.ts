import { malformed } from "./malformed.ts";
import { type Parameter, parseParameters } from "./parameters.ts";

/** What the head of a part says. */
export interface PartHead {
  readonly name: string;
  /** The name of the file; undefined for a field that is no file. */
  readonly filename: string | undefined;
}

const MAX_HEADERS = 16;
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const PLAIN_ENCODINGS: ReadonlySet<string> = new Set(["7bit", "8bit", "binary"]);

/** Reads the head of a part (RFC 7578). Throws 400 for one that is not well-formed, or says something twice. */
export function parsePartHead(bytes: Uint8Array): PartHead {
  const headers = parseHeaders(decode(bytes));
  const parameters = parseDisposition(headers.get("content-disposition") ?? "");
  const name = textOf(parameters.get("name"));
  if (name === undefined || name === "") throw malformed();
  const encoding = headers.get("content-transfer-encoding");
  if (encoding !== undefined && !PLAIN_ENCODINGS.has(encoding.toLowerCase())) throw malformed(undefined, name);
  return { name, filename: extendedText(parameters.get("filename*")) ?? textOf(parameters.get("filename")) };
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
  if (lines.length > MAX_HEADERS || /[\0\r\n]/.test(lines.join(""))) throw malformed();
  const headers = new Map<string, string>();
  for (const line of lines) {
    const name = line.slice(0, Math.max(0, line.indexOf(":"))).toLowerCase();
    if (!HEADER_NAME.test(name) || headers.has(name)) throw malformed();
    headers.set(name, line.slice(name.length + 1).trim());
  }
  return headers;
}

function parseDisposition(value: string): ReadonlyMap<string, Parameter> {
  const [type = ""] = value.split(";", 1);
  const parameters = parseParameters(value.slice(type.length));
  if (!parameters || type.trim().toLowerCase() !== "form-data") throw malformed();
  return parameters;
}

/** Undoes what browsers do to a quoted name (WHATWG, multipart/form-data encoding algorithm). */
function textOf(parameter: Parameter | undefined): string | undefined {
  if (!parameter?.isQuoted) return parameter?.value;
  return parameter.value.replaceAll("%22", '"').replaceAll(/%0D/gi, "\r").replaceAll(/%0A/gi, "\n");
}

/**
 * Reads the extended form of a name (RFC 8187). RFC 7578 forbids it, but some clients know no other way to write what is not
 * plain ASCII, and put a stand-in into `filename`. So it counts where something in it is encoded, in UTF-8, and only there.
 */
function extendedText(parameter: Parameter | undefined): string | undefined {
  const [charset = "", , encoded = ""] = parameter?.value.split("'", 3) ?? [];
  if (charset.toLowerCase() !== "utf-8" || !encoded.includes("%")) return undefined;
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw malformed();
  }
}
