import { once } from "node:events";
import { connect } from "node:net";
import { ADMIN, FILE_TOKEN } from "./bed.ts";

export interface RawAnswer {
  readonly status: number;
  /** All that came, head and body, as Latin-1. */
  readonly text: string;
}

/** Sends bytes as they are, on a connection of their own, and reads to its end. Status 0 for no answer. */
export async function sendRaw(port: number, request: string | Uint8Array): Promise<RawAnswer> {
  const socket = connect({ port, host: "127.0.0.1" });
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", () => {}); // "close" follows
  socket.setTimeout(60_000, () => socket.destroy());
  socket.write(typeof request === "string" ? Buffer.from(request, "latin1") : request);
  await once(socket.resume(), "close");
  const text = Buffer.concat(chunks).toString("latin1");
  return { text, status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1] ?? 0) };
}

/** Writes the head of an admin's request with a target that no client would send. */
export function rawRequest(method: string, target: string): string {
  const length = method === "POST" ? "content-length: 0\r\n" : "";
  const head = `host: backups.example\r\nauthorization: ${ADMIN.authorization}\r\nconnection: close\r\n${length}`;
  return `${method} ${target.replaceAll("TOKEN", FILE_TOKEN)} HTTP/1.1\r\n${head}\r\n`;
}
