import { createHash } from "node:crypto";
import { AdminAuthentication, type Surroundings } from "../../src/auth/admin-authentication.ts";
import type { Admin } from "../../src/auth/admin-list.ts";
import type { AdminAuthenticationOptions } from "../../src/auth/admin-options.ts";
import type { DeriveKey } from "../../src/auth/password-hash.ts";

export const SECRET = "a secret of the tests with 32 bytes or more";
export const PASSWORD = "correct horse";
export const NOW = Date.UTC(2024, 4, 19, 16, 25, 57, 542);

/** Takes the place of scrypt where its cost does not matter. */
export const deriveQuickly: DeriveKey = async (password, salt, length, { N }) => {
  return createHash("sha512").update(salt).update(`${N}:${password}`).digest().subarray(0, length);
};

export async function quickHash(password: string, salt = "salt"): Promise<string> {
  const saltBytes = createHash("sha256").update(salt).digest().subarray(0, 16);
  const key = await deriveQuickly(password, saltBytes, 32, { N: 2 ** 17, r: 8, p: 1 });
  return `scrypt$131072$8$1$${saltBytes.toString("base64url")}$${key.toString("base64url")}`;
}

export const ANNA: Admin = { id: "anna-id", email: "anna@example.com", passwordHash: await quickHash(PASSWORD) };
export const BERT: Admin = { id: "bert-id", email: "Bert@Example.com", passwordHash: await quickHash("other", "b") };

/** Makes an authentication with a clock that stands still, and with scrypt replaced. */
export function authenticationWith(
  options: Partial<AdminAuthenticationOptions> = {},
  surroundings: Partial<Surroundings> = {},
): AdminAuthentication {
  return new AdminAuthentication(
    { admins: [ANNA, BERT], secret: SECRET, ...options },
    { deriveKey: deriveQuickly, now: () => NOW, elapsedMs: () => 0, ...surroundings },
  );
}

export const ADMINS_PATH = "/api/admins";
export const SUPERUSERS_PATH = "/api/collections/_superusers";

export function post(path: string, init: RequestInit = {}): Request {
  return new Request(`http://backups.example${path}`, { method: "POST", ...init });
}

export function loginRequest(body: unknown, path = ADMINS_PATH): Request {
  const headers = { "content-type": "application/json" };
  return post(`${path}/auth-with-password`, { headers, body: JSON.stringify(body) });
}

/** Logs in and returns the whole answer. */
export async function answerTo(
  authentication: AdminAuthentication,
  request: Request,
  remoteAddress: string | undefined = "192.0.2.1",
): Promise<{ status: number; body: Record<string, unknown>; headers: Headers }> {
  const response = await authentication.handle(request, { remoteAddress });
  if (response === undefined) throw new Error(`nobody answers ${request.url}`);
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
}

export async function tokenOf(authentication: AdminAuthentication, path = ADMINS_PATH): Promise<string> {
  const { body } = await answerTo(authentication, loginRequest({ identity: ANNA.email, password: PASSWORD }, path));
  return String(body.token);
}

export function withToken(token: string): Request {
  return new Request("http://backups.example/api/backups", { headers: { authorization: token } });
}
