import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { Storage } from "@google-cloud/storage";
import { retry } from "@stowage/core/driver";
import { isTransient } from "./classify.ts";
import { clockHint } from "./clock-hint.ts";
import { GcsError, isPage, pageInstead, parseErrorBody, refusal } from "./gcs-error.ts";
import type { GcsSettings } from "./gcs-options.ts";
import { authorizedExchange } from "./http/authorized-exchange.ts";
import { exchange, type HttpRequest } from "./http/http-exchange.ts";
import type { HttpReply } from "./http/http-reply.ts";

export interface GcsRequest {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  /** Below the endpoint, encoded: see {@link GcsConnection.objectPath}. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: readonly Uint8Array[] | undefined;
  /** Statuses besides 200 to 299 that are answers rather than failures. */
  readonly accept?: readonly number[];
  readonly signal: AbortSignal;
  /** See {@link HttpRequest.abortGraceMs}. */
  readonly abortGraceMs?: number;
}

/** Sends requests for one bucket: authorized, over connections of its own, refusals thrown as {@link GcsError}. */
export class GcsConnection {
  readonly settings: GcsSettings;
  readonly storage: Storage;
  readonly #agent: HttpAgent;
  readonly #isAnonymous: boolean;

  constructor(settings: GcsSettings) {
    const { apiEndpoint, projectId, credentials, authClient } = settings;
    this.settings = settings;
    this.storage = new Storage({ apiEndpoint, projectId, credentials, authClient, retryOptions: { autoRetry: false } });
    const { protocol, hostname } = new URL(this.storage.apiEndpoint);
    const isGoogle = /(^|\.)googleapis\.com$/.test(hostname);
    this.#isAnonymous = !isGoogle && !credentials && !authClient;
    this.#agent = protocol === "https:" ? new HttpsAgent({ keepAlive: true }) : new HttpAgent({ keepAlive: true });
    if (!isGoogle) signTokens(this.storage, hostname);
  }

  /** The parameter that says who pays (https://cloud.google.com/storage/docs/requester-pays). */
  get payer(): Readonly<Record<string, string>> {
    const { userProject } = this.settings;
    return userProject === undefined ? {} : { userProject };
  }

  get collectionPath(): string {
    return `/storage/v1/b/${encodeURIComponent(this.settings.bucket)}/o`;
  }

  get uploadPath(): string {
    return `/upload${this.collectionPath}`;
  }

  /** The only place where a key becomes a name in the bucket. */
  objectName(key: string): string {
    return `${this.settings.prefix}${key}`;
  }

  objectPath(key: string): string {
    return `${this.collectionPath}/${encodeURIComponent(this.objectName(key))}`;
  }

  /** Sends a request once. The answer's body must be read or discarded. */
  async send(request: GcsRequest): Promise<HttpReply> {
    const prepared = this.#prepare(request);
    const { authClient } = this.storage;
    const reply = await (this.#isAnonymous ? exchange(prepared) : authorizedExchange(authClient, prepared));
    if ((reply.status >= 200 && reply.status < 300) || request.accept?.includes(reply.status)) return reply;
    const hint = reply.status === 401 ? clockHint(reply.header("date")) : "";
    throw refusal(reply.status, await reply.text(), hint);
  }

  /** Sends a request once and parses the answer. JSON that is cut off or tells an error throws, whatever its status. */
  async json(request: GcsRequest): Promise<unknown> {
    const reply = await this.send(request);
    const text = await reply.text();
    const { code } = parseErrorBody(text);
    if (code !== undefined) throw refusal(code, text);
    if (isPage(text)) throw pageInstead(reply.status);
    return parseJson(text);
  }

  /** Calls `attempt` until it succeeds or fails for good. `onFailure` hears of every attempt that failed. */
  retrying<T>(
    signal: AbortSignal,
    attempt: (number: number) => Promise<T>,
    onFailure?: (error: unknown) => void,
  ): Promise<T> {
    return retry(attempt, { isRetryable: isTransient, signal, policy: this.settings.retry, onFailure });
  }

  #prepare({ method = "GET", path, query = {}, headers = {}, body, signal, abortGraceMs }: GcsRequest): HttpRequest {
    const url = new URL(path, this.storage.apiEndpoint);
    for (const [name, value] of Object.entries({ ...query, ...this.payer })) url.searchParams.set(name, value);
    const { connectTimeoutMs, idleTimeoutMs } = this.settings;
    return { method, url, headers, body, agent: this.#agent, signal, connectTimeoutMs, idleTimeoutMs, abortGraceMs };
  }

  /** Closes the connections. */
  close(): void {
    this.#agent.destroy();
  }
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new GcsError("malformed", "the answer is not JSON");
  }
}

/**
 * Has service accounts sign their tokens themselves (https://google.aip.dev/auth/4111) rather than fetch them
 * from Google, which knows nothing of the accounts of another endpoint.
 */
function signTokens({ authClient }: Storage, hostname: string): void {
  authClient.useJWTAccessWithScope = true;
  authClient.defaultServicePath = hostname; // one token for all URLs
}
