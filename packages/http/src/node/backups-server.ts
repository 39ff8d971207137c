import { createServer, type Server } from "node:http";
import { answerParseErrors } from "./answer-parse-errors.ts";
import { makeListener, type NodeListenerOptions, type WebHandler } from "./node-listener.ts";

/**
 * Makes a server that is not listening yet, set up for bodies of any size: Node ends every request after `requestTimeout`, 300
 * seconds, however fast its body moves. The idle timeout of the listener takes its place. What is no request gets a 400 with a
 * body, as every refusal has one.
 */
export function createBackupsServer(handler: WebHandler, options: NodeListenerOptions = {}): Server {
  const listener = makeListener(handler, options, { takesAbsoluteForm: true }); // no guard of paths can be in front
  const server = createServer({ requestTimeout: 0, headersTimeout: 30_000 }, listener);
  answerParseErrors(server);
  return server;
}
