import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { SignUrlOptions } from "@stowage/core";
import type { ReferencePlace } from "./reference-place.ts";

/** The checks of a signed URL, each of which a broken server leaves out. */
export interface ServerRules {
  readonly expiry: boolean;
  readonly methods: boolean;
  readonly signature: boolean;
  readonly ranges: boolean;
}

export const ALL_RULES: ServerRules = { expiry: true, methods: true, signature: true, ranges: true };

const places = new Map<string, { readonly place: ReferencePlace; readonly rules: ServerRules }>();
let running: Promise<Server> | undefined;

/** Serves a place's signed URLs from one HTTP server for all places, which does not keep the process alive. */
export function servePlace(id: string, place: ReferencePlace, rules: ServerRules): void {
  places.set(id, { place, rules });
}

/** Makes a URL for one object of a place that is served. */
export async function signedAddress(place: ReferencePlace, key: string, options: SignUrlOptions): Promise<string> {
  const id = [...places].find(([, served]) => served.place === place)?.[0];
  if (id === undefined) throw new Error("the place is not served");
  running ??= startServer();
  const { port } = (await running).address() as AddressInfo;
  const url = new URL(`http://127.0.0.1:${port}/${id}/${encodeURIComponent(key)}`);
  url.searchParams.set("until", String(Date.now() + options.expiresInMs));
  url.searchParams.set("filename", options.filename ?? key);
  url.searchParams.set("signature", place.sign(url.pathname + url.search));
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
  const { bytes } = place.objects.get(key) ?? { bytes: Buffer.alloc(0) };
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
  url.searchParams.delete("signature");
  if (rules.signature && !place.isSigned(url.pathname + url.search, signature)) return false;
  if (rules.expiry && Date.now() > until) return false;
  return !rules.methods || request.method === "GET";
}
