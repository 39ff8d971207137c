import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { StowageError } from "@stowage/core";
import { type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { KnownAdmin } from "./admin-list.ts";

/** What a token is good for: the `authorization` header, or the URL of a download. */
export type TokenUse = "auth" | "file";

export interface AdminTokensOptions {
  readonly secret: string | Uint8Array;
  readonly authTokenSeconds: number;
  readonly fileTokenSeconds: number;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
}

/** What a token says that is genuine and not over. */
interface Subject {
  readonly id: string;
  readonly fingerprint: string;
}

const ALGORITHM = "HS256";
const MIN_SECRET_SIZE = 32;
const MAX_TOKEN_SIZE = 2048;
const MAX_CLOCK_SKEW_SECONDS = 30;
const COMPACT = /^[\w-]+\.[\w-]+\.([\w-]{43})$/;
/** The claim `type` is the SDK's: 0.21 wants "admin", 0.28 wants "auth". */
const TYPES: Readonly<Record<TokenUse, readonly string[]>> = { auth: ["admin", "auth"], file: ["file"] };

/** Makes and checks the tokens of admins: JWTs with a key and a claim `use` of their own for each use. */
export class AdminTokens {
  readonly #keys: Readonly<Record<TokenUse, Uint8Array>>;
  readonly #fingerprintKey: Uint8Array;
  readonly #lifetimes: Readonly<Record<TokenUse, number>>;
  readonly #now: () => number;

  /** Throws `CONFIG_INVALID` for a secret under 32 bytes. */
  constructor({ secret, authTokenSeconds, fileTokenSeconds, now }: AdminTokensOptions) {
    const isText = typeof secret === "string";
    if (!(isText || secret instanceof Uint8Array) || Buffer.byteLength(secret) < MIN_SECRET_SIZE) {
      throw new StowageError("CONFIG_INVALID", `secret must be text or bytes, ${MIN_SECRET_SIZE} bytes or more`);
    }
    this.#keys = { auth: derivedKey(secret, "auth token"), file: derivedKey(secret, "file token") };
    this.#fingerprintKey = derivedKey(secret, "password fingerprint");
    this.#lifetimes = { auth: authTokenSeconds, file: fileTokenSeconds };
    this.#now = now;
  }

  /** Makes a token that ends with its lifetime, with another password hash of the admin, or with the admin. */
  async issue(use: TokenUse, admin: KnownAdmin, claims: JWTPayload): Promise<string> {
    const issuedAt = this.#seconds();
    return new SignJWT({ ...claims, id: admin.id, use, fingerprint: this.#fingerprintOf(admin) })
      .setProtectedHeader({ alg: ALGORITHM, typ: "JWT" })
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + this.#lifetimes[use])
      .sign(this.#keys[use]);
  }

  /** Returns the admin of a token. Resolves with undefined for whatever is wrong with it, and asks for the admins only when it is genuine. */
  async adminOf(
    use: TokenUse,
    token: string,
    admins: () => Promise<readonly KnownAdmin[]>,
  ): Promise<KnownAdmin | undefined> {
    const subject = await this.#read(use, token);
    if (subject === undefined) return undefined;
    const admin = (await admins()).find(({ id }) => id === subject.id);
    return admin !== undefined && areEqual(subject.fingerprint, this.#fingerprintOf(admin)) ? admin : undefined;
  }

  async #read(use: TokenUse, token: string): Promise<Subject | undefined> {
    if (!isCompact(token)) return undefined;
    const currentDate = new Date(this.#now());
    const rules = { algorithms: [ALGORITHM], typ: "JWT", requiredClaims: ["exp", "iat"], currentDate };
    try {
      const { payload } = await jwtVerify(token, this.#keys[use], rules);
      return this.#subjectOf(use, payload);
    } catch {
      return undefined;
    }
  }

  #subjectOf(use: TokenUse, claims: JWTPayload): Subject | undefined {
    const { id, type, exp = Number.POSITIVE_INFINITY, iat = 0, fingerprint } = claims;
    if (claims.use !== use || !TYPES[use].some((known) => known === type)) return undefined;
    if (iat > this.#seconds() + MAX_CLOCK_SKEW_SECONDS || exp - iat > this.#lifetimes[use]) return undefined;
    return typeof id === "string" && typeof fingerprint === "string" ? { id, fingerprint } : undefined;
  }

  #fingerprintOf({ passwordHash }: KnownAdmin): string {
    return createHmac("sha256", this.#fingerprintKey).update(passwordHash).digest("base64url");
  }

  #seconds(): number {
    return Math.floor(this.#now() / 1000);
  }
}

/** Refuses what `jose` would let pass though it is another text: spaces, padding, spare bits behind the signature. */
function isCompact(token: string): boolean {
  if (typeof token !== "string" || token.length > MAX_TOKEN_SIZE) return false;
  const signature = COMPACT.exec(token)?.[1];
  return signature !== undefined && Buffer.from(signature, "base64url").toString("base64url") === signature;
}

function derivedKey(secret: string | Uint8Array, label: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, "", `@stowage/http ${label}`, 32));
}

function areEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
