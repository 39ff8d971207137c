import type { IncomingMessage, ServerResponse } from "node:http";

/** The part of a server that fails for a while: connections stand, and every answer is 503. */
export class Outages {
  readonly #parts: string[] = [];

  /** Strikes every request whose URL holds `part`, until the function that it returns is called. */
  start(part: string): () => void {
    this.#parts.push(part);
    return () => {
      const index = this.#parts.indexOf(part);
      if (index >= 0) this.#parts.splice(index, 1);
    };
  }

  /** Answers the request if it is struck. Returns whether it was. */
  strike(request: IncomingMessage, response: ServerResponse): boolean {
    if (!this.#parts.some((part) => request.url?.includes(part))) return false;
    request.resume();
    request.once("end", () => response.writeHead(503, { "content-length": 0 }).end());
    return true;
  }
}
