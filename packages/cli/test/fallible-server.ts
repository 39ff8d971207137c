import { answerWith, resetBeforeHeaders, startFaultProxy } from "@stowage/test-kit";

/** A server that can be made to fail. */
export interface FallibleServer {
  /** Reaches the same objects. */
  readonly url: URL;
  /** Breaks what is under way, answers 503 to what changes something, and breaks the rest, until the result is called. */
  fail(): () => void;
  close(): Promise<void>;
}

/** The parameter of a URL that names its server, which is one of this repository's protocols. */
export function endpointParameter({ protocol }: URL): "endpoint" | "apiEndpoint" {
  return protocol === "s3:" ? "endpoint" : "apiEndpoint";
}

/** Whether a proxy can stand before the server of a URL: what is said by TLS it cannot hear. */
export function canFail(url: URL): boolean {
  return url.searchParams.get(endpointParameter(url))?.startsWith("http:") === true;
}

/** Puts a proxy before the server of a URL. Clients sign for the proxy's name, and the server sees that name. */
export async function startFallibleServer(url: URL): Promise<FallibleServer> {
  const parameter = endpointParameter(url);
  const proxy = await startFaultProxy({ target: url.searchParams.get(parameter) ?? "" });
  const reached = new URL(url);
  reached.searchParams.set(parameter, proxy.endpoint);
  return {
    url: reached,
    fail: () => {
      proxy.inject({ match: ({ method }) => method === "GET" || method === "HEAD", fault: resetBeforeHeaders() });
      proxy.inject({ match: () => true, fault: answerWith(503) });
      proxy.breakConnections();
      return () => proxy.clear();
    },
    close: () => proxy.close(),
  };
}
