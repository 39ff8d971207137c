import { type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { refusedRequest } from "../refused-request.ts";

/** What Node answers to what it cannot read as a request; 400 to all else. */
const STATUSES: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Gives a body to the answers of a server to what is no request, such as an unknown method. Node's own have none. */
export function answerParseErrors(server: Server): void {
  const responses = new WeakMap<Socket, ServerResponse>();
  server.prependListener("request", ({ socket }, response) => responses.set(socket, response));
  server.on("clientError", (error: NodeJS.ErrnoException, stream) => {
    const socket = stream as Socket;
    const response = responses.get(socket);
    const isUnderWay = response?.headersSent && !response.writableFinished;
    if (!socket.writable || error.code === "ECONNRESET" || isUnderWay) return void socket.destroy(error);
    const status = STATUSES[error.code ?? ""] ?? 400;
    rawAnswer(status).then(
      (text) => socket.write(text, () => socket.destroySoon()),
      () => socket.destroy(error),
    );
  });
}

async function rawAnswer(status: number): Promise<string> {
  const response = status === 400 ? refusedRequest(status) : refusedRequest(status, `${STATUS_CODES[status]}.`);
  const body = await response.text();
  response.headers.set("content-length", String(Buffer.byteLength(body)));
  response.headers.set("connection", "close");
  const lines = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.join("")}\r\n${body}`;
}
