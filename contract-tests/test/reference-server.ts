import { randomUUID, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SignUrlOptions } from "@stowage/core";
import type { ReferencePlace } from "./reference-place.ts";

/** The checks of a signed URL, each of which a broken server leaves out. */
export interface ServerRules {
  readonly expiry: boolean;
  readonly methods: boolean;
  readonly signature: boolean;
  /** All of the signature counts, not just how it starts. */
  readonly wholeSignature: boolean;
  /** The signature covers the time. */
  readonly signedTime: boolean;
  /** The signature covers the file name. */
  readonly signedName: boolean;
  /** The signature covers the key. */
  readonly signedKey: boolean;
  readonly ranges: boolean;
  /** What is missing is 404. */
  readonly missing: boolean;
  /** No content is kept between requests. */
  readonly fresh: boolean;
}

export const ALL_RULES: ServerRules = {
  ...{ expiry: true, methods: true, signature: true, wholeSignature: true, signedTime: true, signedKey: true },
  ...{ signedName: true, ranges: true, missing: true, fresh: true },
};

interface ServedPlace {
  readonly place: ReferencePlace;
  readonly rules: ServerRules;
}

const places = new Map<string, ServedPlace>();
const kept = new Map<string, Uint8Array>();
let running: Promise<Server> | undefined;

/** Serves a place's signed URLs from one HTTP server for all places, which does not keep the process alive. */
export function servePlace(id: string, place: ReferencePlace, rules: ServerRules): void {
  places.set(id, { place, rules });
}

/** Serves a place that nobody has served yet, by all rules. */
function served(place: ReferencePlace): readonly [string, ServedPlace] {
  const id = randomUUID();
  servePlace(id, place, ALL_RULES);
  return [id, { place, rules: ALL_RULES }];
}

/** Makes a URL for one object of a place. */
export async function signedAddress(place: ReferencePlace, key: string, options: SignUrlOptions): Promise<string> {
  const [id, { rules }] = [...places].find(([, candidate]) => candidate.place === place) ?? served(place);
  running ??= startServer();
  const { port } = (await running).address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/${id}/${encodeURIComponent(key)}`);
  url.searchParams.set("until", String(Date.now() + options.expiresInMs));
  url.searchParams.set("filename", options.filename ?? key);
  url.searchParams.set("signature", place.sign(signedText(url, rules)));
  return url.href;
}

function startServer(): Promise<Server> {
  const server = createServer(answer);
  server.unref();
  server.on("connection", (socket) => socket.unref());
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const [, id = "", name = ""] = url.pathname.split("/");
  const served = places.get(id);
  if (!served || !isAllowed(request, url, served)) return void response.writeHead(403).end();
  const { place, rules } = served;
  const key = decodeURIComponent(name);
  if (request.method === "DELETE") place.objects.delete(key);
  if (request.method === "PUT") place.put(key, [Buffer.from("overwritten")]);
  const found = (rules.fresh ? undefined : kept.get(url.href)) ?? place.objects.get(key)?.bytes;
  if (!found && rules.missing && request.method === "GET") return void response.writeHead(404).end();
  const bytes = found ?? Buffer.alloc(0);
  if (!rules.fresh && !kept.has(url.href)) kept.set(url.href, bytes);
  const range = rules.ranges ? /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? "") : undefined;
  const filename = encodeURIComponent(url.searchParams.get("filename") ?? "");
  response.setHeader("content-disposition", `attachment; filename*=UTF-8''${filename}`);
  response.writeHead(range ? 206 : 200);
  response.end(range ? bytes.subarray(Number(range[1]), Number(range[2]) + 1) : bytes);
}

function isAllowed(
  request: IncomingMessage,
  url: URL,
  { place, rules }: { place: ReferencePlace; rules: ServerRules },
): boolean {
  const signature = url.searchParams.get("signature") ?? "";
  const until = Number(url.searchParams.get("until"));
  const signed = place.sign(signedText(url, rules));
  const expected = rules.wholeSignature ? signed : signed.slice(0, 8) + signature.slice(8);
  if (rules.signature && !isEqual(signature, expected)) return false;
  if (rules.expiry && Date.now() > until) return false;
  return !rules.methods || request.method === "GET";
}

function signedText({ href }: URL, rules: ServerRules): string {
  const url = new URL(href);
  url.searchParams.delete("signature");
  if (!rules.signedName) url.searchParams.delete("filename");
  if (!rules.signedTime) url.searchParams.delete("until");
  return (rules.signedKey ? url.pathname : "") + url.search;
}

function isEqual(found: string, expected: string): boolean {
  return found.length === expected.length && timingSafeEqual(Buffer.from(found), Buffer.from(expected));
}
