import type { Agent } from "node:http";
import type { Storage } from "@google-cloud/storage";
import { clockHint } from "../clock-hint.ts";
import { GcsError, networkError } from "../gcs-error.ts";
import { exchange, type HttpRequest } from "./http-exchange.ts";
import type { HttpReply } from "./http-reply.ts";

type AuthClient = Storage["authClient"];

/** What the SDK hands to an adapter. `headers` is an object in SDK 7 and a `Headers` in SDK 8. */
interface PreparedRequest {
  readonly headers?: unknown;
  /** Set by the SDK if the environment names a proxy. */
  readonly agent?: unknown;
}

/**
 * Sends a request through the SDK's authenticated client, which adds the token and finds the proxy, but over our own
 * {@link exchange}: the SDK's fetch can neither watch for idleness nor tell a body that breaks off from one that ends.
 */
export async function authorizedExchange(authClient: AuthClient, request: HttpRequest): Promise<HttpReply> {
  const { signal, idleTimeoutMs, method, url } = request;
  const waiting = waitForToken(signal, idleTimeoutMs);
  let exchanged: Promise<HttpReply> | undefined;
  const adapter = async (prepared: PreparedRequest) => {
    waiting.stop();
    exchanged = exchange(withPrepared(request, prepared));
    return asSdkResponse(await exchanged);
  };
  const options = {
    method,
    url: url.href,
    headers: { ...request.headers },
    adapter,
    retry: false,
    responseType: "stream",
  };
  try {
    const requested = authClient.request({ ...options, validateStatus: () => true } as Parameters<
      AuthClient["request"]
    >[0]);
    await Promise.race([requested, waiting.failed]);
  } catch (error) {
    signal.throwIfAborted();
    if (!exchanged) throw tokenError(error);
  } finally {
    waiting.stop();
  }
  if (!exchanged) throw new GcsError("credentials", "the SDK sent no request");
  return exchanged;
}

/** Rejects when the signal aborts, or when no token comes: fetching one takes no signal and has no deadline. */
function waitForToken(signal: AbortSignal, timeoutMs: number): { failed: Promise<never>; stop(): void } {
  let stop = () => {};
  const failed = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason);
    const timer = setTimeout(() => reject(new GcsError("idle", `no token came for ${timeoutMs} ms`)), timeoutMs);
    signal.addEventListener("abort", abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", abort);
    };
  });
  return { failed, stop: () => stop() };
}

function withPrepared(request: HttpRequest, { headers, agent }: PreparedRequest): HttpRequest {
  const merged = Object.fromEntries(new Headers(headers as ConstructorParameters<typeof Headers>[0]));
  return { ...request, headers: merged, agent: (agent as Agent | undefined) ?? request.agent };
}

function asSdkResponse({ status }: HttpReply) {
  return { config: {}, data: undefined, headers: {}, status, statusText: "", request: { responseURL: "" } };
}

interface TokenResponse {
  readonly status?: number;
  readonly data?: { readonly error?: unknown };
  /** An object in SDK 7 and a `Headers` in SDK 8. */
  readonly headers?: unknown;
}

function dateOf(headers: unknown): string | undefined {
  return new Headers(headers as ConstructorParameters<typeof Headers>[0]).get("date") ?? undefined;
}

/** Names what the token endpoint or the key was wrong about. Its own errors carry the assertion and the key's text. */
function tokenError(error: unknown): GcsError {
  if (error instanceof GcsError) return error;
  const { response, code } = error as { response?: TokenResponse; code?: unknown };
  if (!response && typeof code === "string" && /^(E[A-Z]+|ERR_TLS.*|CERT_.*)$/.test(code)) return networkError(error);
  if ((response?.status ?? 0) >= 500)
    return new GcsError("network", "the token endpoint failed", { status: response?.status });
  const reason = typeof response?.data?.error === "string" ? response.data.error : undefined;
  const hint = clockHint(dateOf(response?.headers));
  return new GcsError("credentials", `credentials: no token can be had${reason ? `: ${reason}` : ""}${hint}`, {
    reason,
  });
}
