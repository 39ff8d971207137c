import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { GcsReplyError } from "./gcs-reply-error.ts";

export type Role = "admin" | "reader" | "none";

/** A service account: `role` says what it may do with the bucket's objects. */
export interface Account {
  readonly email: string;
  readonly publicKey: KeyObject;
  readonly role: Role;
}

/** Part of a service account's key file, as the SDK takes it. */
export interface ServiceAccountKey {
  readonly type: "service_account";
  readonly client_email: string;
  readonly private_key: string;
  readonly project_id: string;
}

export function accountOf(key: ServiceAccountKey, role: Role): Account {
  return { email: key.client_email, publicKey: createPublicKey(key.private_key), role };
}

/**
 * Knows who sends a request, by the JSON Web Token that a service account signs for itself
 * (https://google.aip.dev/auth/4111): signature, issuer, expiry and scope are checked.
 */
export class Accounts {
  readonly #accounts: ReadonlyMap<string, Account>;

  constructor(accounts: readonly Account[]) {
    this.#accounts = new Map(accounts.map((account) => [account.email, account]));
  }

  byEmail(email: string): Account | undefined {
    return this.#accounts.get(email);
  }

  /** Throws 401 for anonymous, unknown, forged and expired callers. */
  authenticate(authorization: string | undefined): Account {
    const token = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? "");
    if (!token) throw unauthorized("Anonymous caller does not have storage access.");
    const [, header = "", payload = "", signature = ""] = token;
    const claims = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
      iss?: string;
      exp?: number;
      scope?: string;
    };
    const account = this.#accounts.get(claims.iss ?? "");
    const isSigned =
      account &&
      verify("sha256", Buffer.from(`${header}.${payload}`), account.publicKey, Buffer.from(signature, "base64url"));
    if (!account || !isSigned) throw unauthorized("Invalid Credentials");
    if ((claims.exp ?? 0) * 1_000 < Date.now()) throw unauthorized("Invalid Credentials");
    if (!/auth\/(devstorage|cloud-platform)/.test(claims.scope ?? ""))
      throw new GcsReplyError(403, "insufficientPermissions", "Insufficient Permission");
    return account;
  }
}

/** Throws 403 unless the account may do what the method asks for. */
export function assertPermitted(account: Account, method: string): void {
  const isRead = method === "GET" || method === "HEAD";
  if (account.role === "admin" || (account.role === "reader" && isRead)) return;
  const permission = isRead ? "storage.objects.get" : "storage.objects.create";
  throw new GcsReplyError(
    403,
    "forbidden",
    `${account.email} does not have ${permission} access to the Google Cloud Storage bucket.`,
  );
}

function unauthorized(message: string): GcsReplyError {
  return new GcsReplyError(401, "authError", message);
}
