import { ANNA, BERT, NOW } from "./admins-for-tests.ts";
import { type Parts, sign, signText, type Use } from "./forge-token.ts";
import type { Forgeries } from "./forgeries.ts";

const SECONDS = Math.floor(NOW / 1000);

/** Signed by the right key, but over, too early, or longer than any that we make. */
export function wrongTimes(parts: Parts, lifetime: number): Forgeries {
  const but = (changes: object) => sign({ ...parts, claims: { ...parts.claims, ...changes } });
  const raw = JSON.stringify({ ...parts.claims, exp: undefined });
  return {
    "exp missing": but({ exp: undefined }),
    "exp at this second": but({ exp: SECONDS }),
    "exp a second ago": but({ exp: SECONDS - 1, iat: SECONDS - lifetime - 1 }),
    "exp long ago": but({ exp: 1, iat: 0 }),
    "exp 0": but({ exp: 0 }),
    "exp negative": but({ exp: -SECONDS }),
    "exp a text": but({ exp: String(SECONDS + 60) }),
    "exp null": but({ exp: null }),
    "exp true": but({ exp: true }),
    "exp a list": but({ exp: [SECONDS + 60] }),
    "exp an object": but({ exp: {} }),
    "exp infinite": signText(JSON.stringify(parts.header), `${raw.slice(0, -1)},"exp":1e999}`, { key: parts.key }),
    "exp in milliseconds": but({ exp: NOW + 60_000 }),
    "exp a second too late": but({ exp: SECONDS + lifetime + 1 }),
    "iat missing": but({ iat: undefined }),
    "iat a text": but({ iat: String(SECONDS) }),
    "iat null": but({ iat: null }),
    "iat in the future": but({ iat: SECONDS + 31, exp: SECONDS + 60 }),
    "iat in milliseconds": but({ iat: NOW, exp: NOW + 60 }),
    "nbf in the future": but({ nbf: SECONDS + 1 }),
    "nbf a text": but({ nbf: "0" }),
  };
}

/** Signed by the right key, but for another use, or for nobody. */
export function wrongSubjects(parts: Parts, use: Use): Forgeries {
  const but = (changes: object) => sign({ ...parts, claims: { ...parts.claims, ...changes } });
  const { fingerprint } = parts.claims;
  return {
    "use missing": but({ use: undefined }),
    "use of the other token": but({ use: use === "auth" ? "file" : "auth" }),
    "use a list": but({ use: [use] }),
    "use null": but({ use: null }),
    "type missing": but({ type: undefined }),
    "type of the other token": but({ type: use === "auth" ? "file" : "auth" }),
    "type a list": but({ type: [parts.claims.type] }),
    "type authRecord": but({ type: "authRecord" }),
    "type __proto__": but({ type: "__proto__" }),
    "id missing": but({ id: undefined }),
    "id of nobody": but({ id: "nobody" }),
    "id of another admin": but({ id: BERT.id }),
    "id in capitals": but({ id: String(ANNA.id).toUpperCase() }),
    "id a list": but({ id: [ANNA.id] }),
    "id a number": but({ id: 1 }),
    "id __proto__": but({ id: "__proto__" }),
    "id with a NUL": but({ id: `${ANNA.id}\0` }),
    "id with a space": but({ id: `${ANNA.id} ` }),
    "the e-mail address as id": but({ id: ANNA.email }),
    "fingerprint missing": but({ fingerprint: undefined }),
    "fingerprint empty": but({ fingerprint: "" }),
    "fingerprint cut": but({ fingerprint: String(fingerprint).slice(0, -1) }),
    "fingerprint a list": but({ fingerprint: [fingerprint] }),
    "fingerprint null": but({ fingerprint: null }),
    "fingerprint the password hash": but({ fingerprint: ANNA.passwordHash }),
  };
}

/** Other text than the token, though some decoders would read the same from it. */
export function wrongText(token: string): Forgeries {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const mutated = [0, 1, 21, 41, 42].map((at) => [`signature with another character ${at}`, altered(token, at)]);
  const claims = JSON.parse(Buffer.from(payload, "base64url").toString());
  const tampered = Buffer.from(JSON.stringify({ ...claims, id: BERT.id })).toString("base64url");
  return {
    empty: "",
    "the header only": header,
    "two segments": `${header}.${payload}`,
    "four segments": `${token}.${signature}`,
    "five segments": `${token}.${payload}.${signature}`,
    "a dot in front": `.${token}`,
    "a dot behind": `${token}.`,
    "dots only": "..",
    "signature cut": token.slice(0, -1),
    "signature longer": `${token}A`,
    "signature with padding": `${token}=`,
    "signature with a space": `${header}.${payload}. ${signature}`,
    "signature with a tab inside": `${token.slice(0, -4)}\t${token.slice(-4)}`,
    "signature with spare bits set": withSpareBits(token),
    "signature of nothing": `${header}.${payload}.${"A".repeat(43)}`,
    ...Object.fromEntries(mutated),
    "claims changed, signature kept": `${header}.${tampered}.${signature}`,
    "claims with padding": `${header}.${payload}=.${signature}`,
    "segments swapped": `${payload}.${header}.${signature}`,
    "a space between": `${header}. ${payload}.${signature}`,
    "dots encoded": token.replaceAll(".", "%2E"),
    "in quotes": `"${token}"`,
    twice: `${token}, ${token}`,
    "in capitals": token.toUpperCase(),
    "with a letter outside ASCII": `${token.slice(0, -1)}é`,
    "a megabyte": "a".repeat(2 ** 20),
    "dots without end": ".".repeat(100_000),
    "a huge signature": `${header}.${payload}.${"A".repeat(100_000)}`,
    "the word undefined": "undefined",
  };
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Changes one character of the signature so that its bytes change too. */
function altered(token: string, at: number): string {
  const index = token.length - 43 + at;
  const other = ALPHABET[(ALPHABET.indexOf(token.charAt(index)) + 32) % 64];
  return `${token.slice(0, index)}${other}${token.slice(index + 1)}`;
}

/** The last of 43 characters carries four bits of the 32 bytes, and two that mean nothing. */
function withSpareBits(token: string): string {
  return `${token.slice(0, -1)}${ALPHABET[ALPHABET.indexOf(token.charAt(token.length - 1)) + 1]}`;
}
