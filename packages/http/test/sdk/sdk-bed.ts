import { randomBytes } from "node:crypto";
import { deriveKeyByScrypt } from "../../src/auth/password-hash.ts";
import { adminAuthentication } from "../../src/index.ts";
import type { BedOptions } from "../bed/bed.ts";
import { makeWatchedBed, type WatchedBed } from "../bed/watched-bed.ts";
import type { Client, Generation } from "./sdk-generations.ts";

export const EMAIL = "test@example.com";
export const PASSWORD = "a password that no log may hold";
const SECRET = "a secret of 32 bytes or more that no log may hold";

/** The cheapest hash that the built-in authentication takes, so that log-ins cost little where they prove nothing. */
const CHEAP_COST = { N: 2 ** 14, r: 8, p: 1 };

export interface SdkBed extends WatchedBed {
  readonly client: Client;
}

/** The built-in authentication behind a socket, and a client of it that has not logged in. */
export async function makeSdkBed(
  { connect }: Generation,
  { passwordHash, ...options }: BedOptions & { passwordHash?: string } = {},
): Promise<SdkBed> {
  const admins = [{ email: EMAIL, passwordHash: passwordHash ?? (await cheapHash()) }];
  const auth = adminAuthentication({ admins, secret: SECRET });
  const bed = await makeWatchedBed({ ...options, handler: { auth, ...options.handler } });
  bed.watch.plant(PASSWORD, SECRET);
  return { ...bed, client: connect(bed.url) };
}

/** The same with a client that has logged in. */
export async function makeLoggedInBed(generation: Generation, options: BedOptions = {}): Promise<SdkBed> {
  const bed = await makeSdkBed(generation, options);
  await bed.client.logIn(EMAIL, PASSWORD);
  return bed;
}

async function cheapHash(): Promise<string> {
  const { N, r, p } = CHEAP_COST;
  const salt = randomBytes(16);
  const key = await deriveKeyByScrypt(PASSWORD, salt, 32, CHEAP_COST);
  return ["scrypt", N, r, p, salt.toString("base64url"), key.toString("base64url")].join("$");
}
