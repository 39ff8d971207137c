import { createHmac, hkdfSync } from "node:crypto";
import { SECRET } from "./admins-for-tests.ts";

export type Use = "auth" | "file";
type Claims = Readonly<Record<string, unknown>>;

/** A token that is taken apart, to be put together wrongly. */
export interface Parts {
  readonly header: Claims;
  readonly claims: Claims;
  readonly key: Uint8Array | string;
}

export const HASHES: Readonly<Record<string, string>> = { HS256: "sha256", HS384: "sha384", HS512: "sha512" };

export function keyOf(label: string, secret = SECRET): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "", `@stowage/http ${label}`, 32));
}

export function keyFor(use: Use, secret = SECRET): Uint8Array {
  return keyOf(`${use} token`, secret);
}

/** Takes a genuine token apart, so that a forgery differs from it in one thing only. */
export function partsOf(token: string, use: Use): Parts {
  const [header, claims] = token
    .split(".")
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, "base64url").toString()));
  return { header, claims, key: keyFor(use) };
}

/** Signs as an honest issuer would, by HMAC. */
export function sign({ header, claims, key }: Parts, hash = "sha256"): string {
  return signText(JSON.stringify(header), JSON.stringify(claims), { key, hash });
}

export function signText(
  header: string | Uint8Array,
  payload: string | Uint8Array,
  { key, hash = "sha256" }: { key: Uint8Array | string; hash?: string },
): string {
  const input = `${encode(header)}.${encode(payload)}`;
  return `${input}.${createHmac(hash, key).update(input).digest("base64url")}`;
}

export function encode(content: string | Uint8Array): string {
  return Buffer.from(content).toString("base64url");
}
