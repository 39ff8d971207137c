import { createHash } from "node:crypto";
import { StowageError } from "@stowage/core";
import { type PasswordHash, parsePasswordHash } from "./password-hash.ts";

/** Somebody who may log in and use the API. */
export interface Admin {
  /** Stays the same for as long as the admin exists. Follows from the e-mail address when left out. */
  readonly id?: string;
  /** Log-ins do not care for its case. */
  readonly email: string;
  /** What `hashPassword` made. Another hash ends all the tokens of the admin. */
  readonly passwordHash: string;
  /** Shown to clients, as is `updatedAt`. */
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
}

/** The admins, or where they are kept: then it is called for each request. */
export type Admins = readonly Admin[] | (() => readonly Admin[] | Promise<readonly Admin[]>);

/** An admin whose options were judged. */
export interface KnownAdmin extends Admin {
  readonly id: string;
  readonly identity: string;
  readonly hash: PasswordHash;
}

/** Judges the admins. Throws `CONFIG_INVALID` for a wrong field, or an id or an e-mail address that two of them have. */
export function knownAdmins(admins: readonly Admin[]): KnownAdmin[] {
  if (!Array.isArray(admins)) throw invalid("admins: it returned no list");
  const known = admins.map(knownAdmin);
  refuseRepeated(known.map(({ id }) => id));
  refuseRepeated(known.map(({ identity }) => identity));
  return known;
}

/** Returns the form of an e-mail address in which log-ins compare it. */
export function normalizeIdentity(email: string): string {
  return email.toLowerCase();
}

function knownAdmin(admin: Admin, index: number): KnownAdmin {
  if (typeof admin !== "object" || admin === null) throw invalid(`admins[${index}] is not an object`);
  if (!isShortText(admin.email)) throw invalid(`admins[${index}].email is not a text of 1 to 255 characters`);
  const identity = normalizeIdentity(admin.email);
  const id = admin.id ?? idOf(identity);
  if (!isShortText(id)) throw invalid(`admins[${index}].id is not a text of 1 to 255 characters`);
  const hash = parsePasswordHash(String(admin.passwordHash));
  if (hash === undefined) throw invalid(`admins[${index}].passwordHash is not what hashPassword makes`);
  for (const name of ["createdAt", "updatedAt"] as const) {
    if (!isDate(admin[name])) throw invalid(`admins[${index}].${name} is not a valid Date`);
  }
  return { ...admin, id, identity, hash };
}

/** A longer e-mail address cannot log in, and a longer id does not fit into a token. */
function isShortText(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= 255;
}

/** What is left out is right, also where a database says so with null. */
function isDate(value: Date | null | undefined): boolean {
  return value === undefined || value === null || (value instanceof Date && !Number.isNaN(value.getTime()));
}

/** Ids have 15 characters, as in PocketBase. */
function idOf(identity: string): string {
  return createHash("sha256").update(identity).digest("hex").slice(0, 15);
}

function refuseRepeated(values: readonly string[]): void {
  const index = values.findIndex((value, at) => values.indexOf(value) !== at);
  if (index !== -1) throw invalid(`admins[${index}] has the id or the e-mail address of another`);
}

function invalid(message: string): StowageError {
  return new StowageError("CONFIG_INVALID", message);
}
