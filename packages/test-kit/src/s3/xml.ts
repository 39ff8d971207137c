const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** A whole document in the namespace of S3. */
export function xmlDocument(root: string, ...children: string[]): string {
  return `${DECLARATION}<${root} xmlns="${NAMESPACE}">${children.join("")}</${root}>`;
}

export function errorDocument(fields: Record<string, string>): string {
  const children = Object.entries(fields).map(([name, value]) => leaf(name, value));
  return `${DECLARATION}<Error>${children.join("")}</Error>`;
}

export function element(name: string, ...children: string[]): string {
  return `<${name}>${children.join("")}</${name}>`;
}

export function leaf(name: string, value: string | number | boolean): string {
  return `<${name}>${escapeText(String(value))}</${name}>`;
}

/** The contents of every element of that name, still escaped. */
export function contentsOf(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([\\s\\S]*?)</${name}>`, "g"))].map(
    ([, content = ""]) => content,
  );
}

/** The text of the first element of that name. */
export function textOf(xml: string, name: string): string | undefined {
  const [content] = contentsOf(xml, name);
  return content === undefined ? undefined : unescapeText(content);
}

/** As `encoding-type=url` asks for: percent-encoded like a form, a space as "+", slashes kept. */
export function urlEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll("%20", "+").replaceAll("%2F", "/");
}

function escapeText(text: string): string {
  return text.replace(/[&<>"\r\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const NAMED: Record<string, string> = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&" };

function unescapeText(text: string): string {
  return text.replace(/&(?:\w+|#\d+|#x[0-9a-f]+);/gi, (entity) => NAMED[entity] ?? fromReference(entity));
}

function fromReference(entity: string): string {
  const isHex = entity[2]?.toLowerCase() === "x";
  return String.fromCodePoint(Number.parseInt(entity.slice(isHex ? 3 : 2), isHex ? 16 : 10));
}
