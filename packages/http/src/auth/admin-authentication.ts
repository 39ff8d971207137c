import { StowageError } from "@stowage/core";
import { ApiError } from "../api-error.ts";
import type { Authentication, Caller, ClientInfo } from "../authentication.ts";
import { jsonResponse } from "../json-response.ts";
import { type Admins, type KnownAdmin, knownAdmins, normalizeIdentity } from "./admin-list.ts";
import { type AdminAuthenticationOptions, assertAdminOptions, assertKnownAdminOptions } from "./admin-options.ts";
import { AdminTokens } from "./admin-tokens.ts";
import { clientNetwork } from "./client-network.ts";
import { readCredentials } from "./credentials.ts";
import { LOGIN_PATHS, type LoginFlavour, loginRoute } from "./login-flavour.ts";
import { LoginLimits } from "./login-limits.ts";
import { PasswordCheck } from "./password-check.ts";
import { type DeriveKey, deriveKeyByScrypt } from "./password-hash.ts";

/** What the outside world is, for tests. */
export interface Surroundings {
  readonly deriveKey: DeriveKey;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
  /** Returns milliseconds of a clock that never goes back. */
  readonly elapsedMs: () => number;
}

const SURROUNDINGS: Surroundings = {
  deriveKey: deriveKeyByScrypt,
  now: Date.now,
  elapsedMs: () => performance.now(),
};
const BEARER = /^bearer /i;

/**
 * Makes the built-in authentication: admins with a password, who get the tokens that the `pocketbase` SDK expects.
 *
 * Throws `CONFIG_INVALID` for a secret under 32 bytes and for admins that are wrong; a function that returns such
 * admins makes each request fail with it.
 */
export function adminAuthentication(options: AdminAuthenticationOptions): Authentication {
  return new AdminAuthentication(options, SURROUNDINGS);
}

/** Answers log-ins, and knows the bearers of the tokens. */
export class AdminAuthentication implements Authentication {
  readonly #admins: () => Promise<readonly KnownAdmin[]>;
  readonly #addressOf: (request: Request, info: ClientInfo) => string | undefined;
  readonly #limits: LoginLimits;
  readonly #passwords: PasswordCheck;
  readonly #tokens: AdminTokens;

  constructor(options: AdminAuthenticationOptions, { deriveKey, now, elapsedMs }: Surroundings) {
    assertKnownAdminOptions(options);
    const { secret, authTokenSeconds = 24 * 3600, fileTokenSeconds = 180, rates = {} } = options;
    assertAdminOptions({ authTokenSeconds, fileTokenSeconds, rates });
    this.#admins = readerOf(options.admins);
    this.#addressOf = options.clientAddress ?? ((_request, info) => info.remoteAddress);
    this.#limits = new LoginLimits(rates, elapsedMs);
    this.#passwords = new PasswordCheck(deriveKey);
    this.#tokens = new AdminTokens({ secret, authTokenSeconds, fileTokenSeconds, now });
  }

  get paths(): readonly string[] {
    return LOGIN_PATHS;
  }

  async authenticate(request: Request): Promise<Caller> {
    return (await this.#sender(request)) === undefined ? "none" : "admin";
  }

  async checkFileToken(token: string): Promise<Caller> {
    return (await this.#tokens.adminOf("file", token, this.#admins)) === undefined ? "none" : "admin";
  }

  async createFileToken(request: Request): Promise<string> {
    const admin = await this.#sender(request);
    if (admin === undefined) throw new ApiError(401, "The request requires admin authorization token to be set.");
    return this.#tokens.issue("file", admin, { type: "file" });
  }

  async handle(request: Request, info: ClientInfo): Promise<Response | undefined> {
    const route = loginRoute(request);
    if (route === undefined) return undefined;
    try {
      const { flavour, action } = route;
      const isLogin = action === "auth-with-password";
      const admin = isLogin ? await this.#logIn(request, info, flavour) : await this.#refresh(request, flavour);
      const token = await this.#tokens.issue("auth", admin, flavour.claims);
      return jsonResponse(flavour.body(token, admin), new URL(request.url));
    } catch (error) {
      if (error instanceof ApiError) return error.toResponse();
      throw error;
    }
  }

  async #logIn(request: Request, info: ClientInfo, flavour: LoginFlavour): Promise<KnownAdmin> {
    const { identity, password } = await readCredentials(request, flavour.invalidMessage);
    const address = clientNetwork(this.#knownAddress(request, info));
    const sender = await this.#sender(request);
    const known = normalizeIdentity(identity);
    const attempt = { address, identity: known, hasToken: sender?.identity === known };
    const admin = await this.#limits.attempt(attempt, () => this.#adminWith(attempt.identity, password));
    if (admin === undefined) throw new ApiError(400, "Failed to authenticate.");
    return admin;
  }

  /** Without one all clients are one. What is no text would be none of them. */
  #knownAddress(request: Request, info: ClientInfo): string {
    const address: unknown = this.#addressOf(request, info) ?? "";
    if (typeof address === "string") return address;
    if (address instanceof Promise) address.catch(() => {});
    throw new StowageError("CONFIG_INVALID", "clientAddress: it returned neither a text nor undefined");
  }

  /** Derives a key whether the identity is known or not, so that the answers take the same time. */
  async #adminWith(identity: string, password: string): Promise<KnownAdmin | undefined> {
    const admins = await this.#admins();
    const admin = admins.find((candidate) => candidate.identity === identity);
    const matches =
      admin === undefined
        ? await this.#passwords.matchNobody(password, admins[0]?.hash.cost)
        : await this.#passwords.matches(password, admin.hash);
    return matches ? admin : undefined;
  }

  async #refresh(request: Request, { unauthorizedMessage }: LoginFlavour): Promise<KnownAdmin> {
    const admin = await this.#sender(request);
    if (admin === undefined) throw new ApiError(401, unauthorizedMessage);
    return admin;
  }

  async #sender(request: Request): Promise<KnownAdmin | undefined> {
    const token = request.headers.get("authorization")?.replace(BEARER, "");
    return token === undefined ? undefined : this.#tokens.adminOf("auth", token, this.#admins);
  }
}

function readerOf(admins: Admins): () => Promise<readonly KnownAdmin[]> {
  if (typeof admins === "function") return async () => knownAdmins(await admins());
  const known = knownAdmins(admins);
  return async () => known;
}
