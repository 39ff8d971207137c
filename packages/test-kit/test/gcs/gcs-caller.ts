import { sign } from "node:crypto";
import { onTestFinished } from "vitest";
import { type GcsServer, type GcsServerOptions, type ServiceAccountKey, startGcsServer } from "../../src/index.ts";

/** Talks to a server in plain HTTP, as an account of it. */
export class GcsCaller {
  readonly server: GcsServer;

  constructor(server: GcsServer) {
    this.server = server;
  }

  /** Sends an authorized request to a path below the endpoint, or to a whole URL. */
  fetch(path: string, init: RequestInit = {}, key = this.server.credentials): Promise<Response> {
    const headers = { authorization: `Bearer ${selfSignedToken(key)}`, ...init.headers };
    return fetch(new URL(path, this.server.apiEndpoint), { redirect: "manual", ...init, headers });
  }

  object(name: string, query = ""): Promise<Response> {
    return this.fetch(`/storage/v1/b/${this.server.bucket}/o/${encodeURIComponent(name)}${query}`);
  }

  upload(name: string, body: string, query = ""): Promise<Response> {
    const path = `/upload/storage/v1/b/${this.server.bucket}/o?uploadType=media&name=${encodeURIComponent(name)}${query}`;
    return this.fetch(path, { method: "POST", body });
  }

  /** Starts a resumable upload. Returns its URL. */
  async start(name: string, query = ""): Promise<string> {
    const path = `/upload/storage/v1/b/${this.server.bucket}/o?uploadType=resumable&name=${name}${query}`;
    return (await this.fetch(path, { method: "POST" })).headers.get("location") ?? "";
  }

  put(
    session: string,
    range: string,
    body: Buffer | string = "",
    headers: Record<string, string> = {},
  ): Promise<Response> {
    return this.fetch(session, { method: "PUT", body, headers: { "content-range": `bytes ${range}`, ...headers } });
  }
}

/** Starts a server for the running test. */
export async function startCaller(options?: GcsServerOptions): Promise<GcsCaller> {
  const server = await startGcsServer(options);
  onTestFinished(() => server.close());
  return new GcsCaller(server);
}

/** Makes a token (https://google.aip.dev/auth/4111), that of an hour ago if it is to be stale. */
export function selfSignedToken(key: ServiceAccountKey, options: { scope?: string; isStale?: boolean } = {}): string {
  const { scope = "https://www.googleapis.com/auth/devstorage.full_control", isStale = false } = options;
  const iat = Math.floor(Date.now() / 1_000) - (isStale ? 7_200 : 0);
  const claims = { iss: key.client_email, sub: key.client_email, scope, iat, exp: iat + 3_600 };
  const text = [{ alg: "RS256", typ: "JWT" }, claims].map((part) => encode(JSON.stringify(part))).join(".");
  return `${text}.${sign("sha256", Buffer.from(text), key.private_key).toString("base64url")}`;
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64url");
}
