import { Agent, createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { listen } from "../server/listen.ts";
import { type RecordedRequest, recordRequest } from "../server/recorded-request.ts";
import { Exchange } from "./exchange.ts";
import type { Fault } from "./faults.ts";

interface Injection {
  readonly match: (request: RecordedRequest) => boolean;
  readonly fault: Fault;
  /** How many requests it strikes. For ever when left out. */
  readonly times?: number;
}

export interface FaultProxy {
  /** What the client talks to instead of the server: "http://127.0.0.1:49152". */
  readonly endpoint: string;
  /** Every request that came in, struck or not. */
  readonly requests: readonly RecordedRequest[];
  /** Adds a fault behind those that are there. Returns how many requests it has struck so far. */
  inject(injection: Injection): () => number;
  /** Breaks every connection with a client, whatever is under way on it. */
  breakConnections(): void;
  /** Removes all faults and forgets all requests. */
  clear(): void;
  close(): Promise<void>;
}

/**
 * Starts an HTTP proxy on 127.0.0.1 that hands every request on to `target` as it came, the `Host` header included,
 * unless a fault strikes it. Signatures stay valid, and URLs that the server makes lead back through the proxy.
 */
export async function startFaultProxy({ target }: { target: string }): Promise<FaultProxy> {
  const injections: (Injection & { struck: number })[] = [];
  const requests: RecordedRequest[] = [];
  const agent = new Agent({ keepAlive: true });
  const upstream = { target: new URL(target), agent };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = recordRequest(request);
    requests.push(seen);
    const injection = injections.find(
      ({ match, struck, times = Number.POSITIVE_INFINITY }) => struck < times && match(seen),
    );
    if (injection) injection.struck++;
    await (injection?.fault ?? passOn)(new Exchange(request, response, upstream));
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.socket?.resetAndDestroy());
  });
  const { endpoint, close } = await listen(server);
  return {
    endpoint,
    requests,
    inject(injection) {
      const entry = { ...injection, struck: 0 };
      injections.push(entry);
      return () => entry.struck;
    },
    breakConnections: () => server.closeAllConnections(),
    clear() {
      injections.length = 0;
      requests.length = 0;
    },
    async close() {
      await close();
      agent.destroy();
    },
  };
}

async function passOn(exchange: Exchange): Promise<void> {
  const answer = await exchange.forward();
  exchange.writeHead(answer);
  await pipeline(answer, exchange.response);
}
