import { randomBytes, type ScryptOptions, scrypt } from "node:crypto";
import { StowageError } from "@stowage/core";

/** The cost of scrypt: N, r and p of RFC 7914. A hash takes 128·N·r bytes of memory while it is made. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

/** A password hash, taken apart. */
export interface PasswordHash {
  readonly cost: ScryptCost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

/** Derives a key of `length` bytes from a password. */
export type DeriveKey = (password: string, salt: Buffer, length: number, cost: ScryptCost) => Promise<Buffer>;

export const DEFAULT_COST: ScryptCost = { N: 2 ** 17, r: 8, p: 1 };
/** Bytes of UTF-8. */
export const MAX_PASSWORD_SIZE = 1024;
export const SALT_SIZE = 16;
export const KEY_SIZE = 32;

const FORMAT = /^scrypt\$(\d{1,7})\$(\d{1,2})\$(\d)\$([\w-]{22,86})\$([\w-]{43,86})$/;
const MAX_MEMORY = 256 * 1024 * 1024;

/**
 * Hashes a password of 1 to 1024 bytes with scrypt (N=2¹⁷, r=8, p=1) and a random salt. The result says how it was
 * made: `scrypt$131072$8$1$<salt>$<key>`, in base64url. Takes 128 MiB of memory for some 0.3 s.
 *
 * Rejects with `INVALID_ARGUMENT` for any other length.
 */
export async function hashPassword(password: string): Promise<string> {
  if (typeof password !== "string" || password === "" || !fitsPassword(password)) {
    throw new StowageError("INVALID_ARGUMENT", `a password has 1 to ${MAX_PASSWORD_SIZE} bytes`);
  }
  const salt = randomBytes(SALT_SIZE);
  const key = await deriveKeyByScrypt(password, salt, KEY_SIZE, DEFAULT_COST);
  const { N, r, p } = DEFAULT_COST;
  return ["scrypt", N, r, p, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** Reads what {@link hashPassword} made. Anything else, and a cost that is negligible or would take over 256 MiB, is undefined. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const [, N = "", r = "", p = "", salt = "", key = ""] = FORMAT.exec(text) ?? [];
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  if (!isSane(cost)) return undefined;
  return { cost, salt: Buffer.from(salt, "base64url"), key: Buffer.from(key, "base64url") };
}

export function fitsPassword(password: string): boolean {
  return Buffer.byteLength(password) <= MAX_PASSWORD_SIZE;
}

export function deriveKeyByScrypt(password: string, salt: Buffer, length: number, cost: ScryptCost): Promise<Buffer> {
  // Node refuses over 32 MiB unless told otherwise.
  const options: ScryptOptions = { ...cost, maxmem: 2 * 128 * cost.N * cost.r };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, length, options, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}

function isSane({ N, r, p }: ScryptCost): boolean {
  const isPowerOfTwo = N > 1 && Number.isInteger(Math.log2(N));
  return isPowerOfTwo && N >= 2 ** 14 && r >= 8 && p >= 1 && p <= 4 && 128 * N * r <= MAX_MEMORY;
}
