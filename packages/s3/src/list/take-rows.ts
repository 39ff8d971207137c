/** What a list says about one object, decoded as the SDK does it. */
export interface ListedObject {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
}

const OPEN = "<Contents>";
const CLOSE = "</Contents>";
/** Elements one after the other, with nothing but text in them. */
const PLAIN_ROW = /^(?:\s*<([A-Za-z]+)>[^<]*<\/\1>)+\s*$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const SIZE = /^\d{1,15}$/;

/**
 * Takes the objects out of an answer to ListObjectsV2, and returns them with the rest of it. The SDK's parser spends some 10 ms
 * on a page of a thousand, nearly all of the time that a long list takes. Nothing comes back if there are none, or if anything
 * about them is not as plain as services write it: then the SDK has to read the whole answer.
 */
export function takeRows(xml: string): { objects: ListedObject[]; rest: string } | undefined {
  const start = xml.indexOf(OPEN);
  const end = xml.lastIndexOf(CLOSE) + CLOSE.length;
  if (start < 0 || end < start || xml.includes("<!") || xml.includes("\r")) return undefined;
  const rest = xml.slice(0, start) + xml.slice(end);
  if (rest.includes("<Contents")) return undefined;
  const objects: ListedObject[] = [];
  for (let position = start; position < end; ) {
    const close = xml.indexOf(CLOSE, position);
    const object = xml.startsWith(OPEN, position) ? readRow(xml.slice(position + OPEN.length, close)) : undefined;
    if (!object) return undefined;
    objects.push(object);
    position = skipSpace(xml, close + CLOSE.length);
  }
  return { objects, rest };
}

function readRow(row: string): ListedObject | undefined {
  if (!PLAIN_ROW.test(row)) return undefined;
  const Key = decodeText(fieldOf(row, "Key"));
  const ETag = decodeText(fieldOf(row, "ETag"));
  const time = fieldOf(row, "LastModified");
  const size = fieldOf(row, "Size");
  if (Key === undefined || ETag === undefined || !TIME.test(time) || !SIZE.test(size)) return undefined;
  const LastModified = new Date(time);
  return Number.isNaN(LastModified.getTime()) ? undefined : { Key, ETag, Size: Number(size), LastModified };
}

/** Returns the text of a field. None if it is missing or there twice. */
function fieldOf(row: string, name: string): string {
  const open = `<${name}>`;
  const start = row.indexOf(open);
  if (start < 0 || row.includes(open, start + open.length)) return "";
  return row.slice(start + open.length, row.indexOf("<", start + open.length));
}

/** Decodes the text of a field. Nothing for one without text, and one with an entity that is not usual. */
function decodeText(text: string): string | undefined {
  const decoded = text.includes("&") ? text.replaceAll("&quot;", '"').replaceAll("&#34;", '"') : text;
  return decoded.trim() === "" || decoded.includes("&") ? undefined : decoded;
}

function skipSpace(xml: string, position: number): number {
  let next = position;
  while (next < xml.length && " \t\n".includes(xml.charAt(next))) next++;
  return next;
}
