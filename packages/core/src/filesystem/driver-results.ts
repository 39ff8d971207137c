import { types } from "node:util";
import { StowageError } from "../errors.ts";
import type { FileInfo, ListPage } from "./driver.ts";

/** An object's description, and its bytes as a driver gives them. */
export interface OpenedContent {
  readonly info: FileInfo;
  readonly content: AsyncIterable<Uint8Array>;
}

/** What the error of a driver of the wrong shape has as its `reason`. */
const WRONG_SHAPE = "driver-shape";

/** Returns what a driver resolved with. Throws `INTERNAL`, which says what is wrong, unless it describes an object. */
export function checkedInfo(verb: string, info: unknown): FileInfo {
  if (!isObject(info)) throw wrong(verb, `resolves with ${nameOf(info)}, not with { key, size, modifiedAt }`);
  const { key, size, modifiedAt } = info;
  if (typeof key !== "string") throw wrong(verb, `gives a description whose key is ${nameOf(key)}, not a string`);
  if (!isSize(size))
    throw wrong(verb, `gives a description whose size is ${nameOf(size)}, not a whole number of bytes`);
  if (types.isDate(modifiedAt) && Number.isFinite(modifiedAt.getTime())) return info as unknown as FileInfo;
  throw wrong(verb, `gives a description whose modifiedAt is ${nameOf(modifiedAt)}, not a Date`);
}

/** As `checkedInfo`, for a page of `list`. */
export function checkedPage(page: unknown): ListPage {
  if (!isObject(page) || !Array.isArray(page.files)) {
    throw wrong("list", `resolves with ${nameOf(page)}, not with { files, cursor? }`);
  }
  for (const file of page.files) checkedInfo("list", file);
  const { cursor } = page;
  if (cursor === undefined || typeof cursor === "string") return page as unknown as ListPage;
  throw wrong("list", `gives a cursor that is ${nameOf(cursor)}: a string, or left out at the end`);
}

/** As `checkedInfo`, for what `read` resolves with. */
export function checkedOpened(opened: unknown): OpenedContent {
  const isPair = isObject(opened) && "info" in opened && "content" in opened;
  if (!isPair) throw wrong("read", `resolves with ${nameOf(opened)}, not with { info, content }`);
  const { info, content } = opened;
  checkedInfo("read", info);
  if (isObject(content) && typeof Reflect.get(content, Symbol.asyncIterator) === "function") {
    return opened as unknown as OpenedContent;
  }
  throw wrong("read", `gives content that is ${nameOf(content)}, not an async iterable of Uint8Array`);
}

/** As `checkedInfo`, for one chunk of what is read. */
export function checkedChunk(chunk: unknown): Uint8Array {
  if (types.isUint8Array(chunk)) return chunk;
  throw wrong("read", `gives content that yields ${nameOf(chunk)}, not a Uint8Array`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** What a value is, without its content: that may be anybody's. */
function nameOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (types.isDate(value)) return "a Date that is no time";
  if (typeof value === "object") return withArticle(value.constructor?.name ?? "object");
  return typeof value === "number" ? String(value) : withArticle(typeof value);
}

function withArticle(name: string): string {
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}

function wrong(verb: string, what: string): StowageError {
  return new StowageError("INTERNAL", `the driver's ${verb} ${what}`, { reason: WRONG_SHAPE });
}
