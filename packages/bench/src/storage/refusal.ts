import type { SinkExchange } from "../transfer/sinks/start-sink.ts";

/** What S3 says no with: a status and the code of an error. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(`${status} ${code}`);
    this.status = status;
    this.code = code;
  }
}

/** Tells the client of a refusal. What it still sends is read and thrown away, so that it sees the answer. */
export function sendRefusal({ request, response }: SinkExchange, { status, code }: Refusal): void {
  request.resume();
  response.writeHead(status, { "content-type": "application/xml" }).end(`<Error><Code>${code}</Code></Error>`);
}
