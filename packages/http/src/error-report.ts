import { randomUUID } from "node:crypto";
import { warnOf } from "@stowage/core/driver";

/** What belongs to an error that the answer leaves out. */
export interface ErrorContext {
  /** What the answer calls the error, for people who ask about it. */
  readonly id: string;
  readonly method: string;
  /** The path and the names of the query parameters. Their values are left out: a download carries its token there. */
  readonly url: string;
}

export type OnError = (error: unknown, context: ErrorContext) => void;

/** Tells `onError` of an error and returns the id that the answer may name. Never throws. */
export function reportError(error: unknown, request: Request, onError: OnError = logError): string {
  const id = randomUUID();
  try {
    const told: unknown = onError(error, { id, method: request.method, url: redactedUrl(request.url) });
    if (told instanceof Promise) told.catch(warnOf);
  } catch (thrown) {
    warnOf(thrown);
  }
  return id;
}

/** The path of a URL, and its query without any value. */
export function redactedUrl(url: string): string {
  const { pathname, searchParams } = new URL(url);
  const names = [...new Set(searchParams.keys())].map((name) => `${encodeURIComponent(name)}=***`);
  return names.length === 0 ? pathname : `${pathname}?${names.join("&")}`;
}

function logError(error: unknown, { id, method, url }: ErrorContext): void {
  const lines = [`stowage: error ${id} of ${method} ${url}`, ...describe(error)];
  // biome-ignore lint/suspicious/noConsole: what nobody asked for must still be seen somewhere.
  console.error(lines.join("\n").replaceAll(/(token=)[^\s&"'<>]+/gi, "$1***"));
}

/** The stack, and the messages of its causes: no object is printed whole, because it may hold the headers of a request. */
function describe(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error)) return [String(error)];
  const own = depth === 0 ? (error.stack ?? error.message) : `caused by ${error.name}: ${error.message}`;
  return error.cause === undefined || depth === 5 ? [own] : [own, ...describe(error.cause, depth + 1)];
}
