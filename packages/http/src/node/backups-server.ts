import { createServer, type Server } from "node:http";
import { type NodeListenerOptions, toNodeListener, type WebHandler } from "./node-listener.ts";

/**
 * Makes a server that is not listening yet, set up for bodies of any size: Node ends every request after `requestTimeout`, 300
 * seconds, however fast its body moves. The idle timeout of the listener takes its place.
 */
export function createBackupsServer(handler: WebHandler, options: NodeListenerOptions = {}): Server {
  return createServer({ requestTimeout: 0, headersTimeout: 30_000 }, toNodeListener(handler, options));
}
