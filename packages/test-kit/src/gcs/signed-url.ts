import { createHash, verify } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Accounts } from "./accounts.ts";
import { GcsReplyError } from "./gcs-reply-error.ts";

/**
 * Throws unless a V4 signed URL is genuine, in time and permitted to its signer
 * (https://cloud.google.com/storage/docs/authentication/canonical-requests).
 */
export function assertSigned(request: IncomingMessage, url: URL, accounts: Accounts): void {
  const query = url.searchParams;
  const [email = "", ...scope] = (query.get("X-Goog-Credential") ?? "").split("/");
  const account = accounts.byEmail(email);
  if (!account) throw new GcsReplyError(403, "AccessDenied", "Access denied.");
  assertInTime(query);
  const signature = Buffer.from(query.get("X-Goog-Signature") ?? "", "hex");
  const isGenuine = canonicalHosts(request).some((host) => {
    const canonical = canonicalRequest(request, url, host);
    const digest = createHash("sha256").update(canonical).digest("hex");
    const text = ["GOOG4-RSA-SHA256", query.get("X-Goog-Date"), scope.join("/"), digest].join("\n");
    return verify("sha256", Buffer.from(text), account.publicKey, signature);
  });
  if (!isGenuine) throw new GcsReplyError(403, "SignatureDoesNotMatch", "The request signature does not match.");
  if (account.role === "none") throw new GcsReplyError(403, "AccessDenied", "Access denied.");
}

function assertInTime(query: URLSearchParams): void {
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(query.get("X-Goog-Date") ?? "");
  if (!date) throw new GcsReplyError(400, "InvalidArgument", "X-Goog-Date is malformed.");
  const [, year, month, day, hour, minute, second] = date.map(Number);
  const signedAt = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  if (Date.now() < signedAt + Number(query.get("X-Goog-Expires")) * 1_000) return;
  throw new GcsReplyError(400, "ExpiredToken", "The provided token has expired.");
}

/** The Node SDK signs the host without its port. */
function canonicalHosts(request: IncomingMessage): string[] {
  const host = request.headers.host ?? "";
  return [host, host.replace(/:\d+$/, "")];
}

function canonicalRequest(request: IncomingMessage, url: URL, host: string): string {
  const names = (url.searchParams.get("X-Goog-SignedHeaders") ?? "").split(";");
  const headers = names.map((name) => `${name}:${name === "host" ? host : String(request.headers[name] ?? "").trim()}`);
  const path = request.url?.split("?")[0] ?? "";
  return [
    request.method,
    path,
    canonicalQuery(url.searchParams),
    ...headers,
    "",
    names.join(";"),
    "UNSIGNED-PAYLOAD",
  ].join("\n");
}

function canonicalQuery(query: URLSearchParams): string {
  const pairs = [...query].filter(([name]) => name !== "X-Goog-Signature").map((pair) => pair.map(encode).join("="));
  return pairs.sort().join("&");
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
