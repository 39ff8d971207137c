import { invalid } from "../gcs-reply-error.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";

interface Listing {
  readonly kind: "storage#objects";
  readonly items?: readonly StoredObject[];
  readonly prefixes?: readonly string[];
  readonly nextPageToken?: string;
}

/** One page of `objects.list`: prefix, delimiter, maxResults and pageToken, in UTF-8 order. */
export function listObjects(store: ObjectStore, query: URLSearchParams): Listing {
  const limit = Math.min(Number(query.get("maxResults") ?? 1_000), 1_000);
  if (!(limit > 0)) throw invalid("Invalid value for maxResults.");
  const items: StoredObject[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  for (const { name, isPrefix } of visibleNames(store, query)) {
    if (items.length + prefixes.length === limit) return page(items, prefixes, encodeToken(last ?? ""));
    if (isPrefix) prefixes.push(name);
    else items.push(store.find(name, new URLSearchParams()).object);
    last = name;
  }
  return page(items, prefixes);
}

function* visibleNames(store: ObjectStore, query: URLSearchParams): Generator<{ name: string; isPrefix: boolean }> {
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const after = decodeToken(query.get("pageToken"));
  let folder: string | undefined;
  for (const name of store.names()) {
    if (!name.startsWith(prefix)) continue;
    const cut = delimiter === "" ? -1 : name.indexOf(delimiter, prefix.length);
    const shown = cut < 0 ? name : name.slice(0, cut + delimiter.length);
    if (shown === folder || (after !== undefined && compare(shown, after) <= 0)) continue;
    if (cut >= 0) folder = shown;
    yield { name: shown, isPrefix: cut >= 0 };
  }
}

function page(items: readonly StoredObject[], prefixes: readonly string[], nextPageToken?: string): Listing {
  return {
    kind: "storage#objects",
    ...(nextPageToken === undefined ? {} : { nextPageToken }),
    ...(prefixes.length === 0 ? {} : { prefixes }),
    ...(items.length === 0 ? {} : { items }),
  };
}

function encodeToken(name: string): string {
  return Buffer.from(`v1:${name}`).toString("base64url");
}

function decodeToken(token: string | null): string | undefined {
  if (token === null) return undefined;
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith("v1:")) throw invalid("Invalid page token.");
  return text.slice(3);
}

function compare(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
