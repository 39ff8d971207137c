import type { SinkExchange } from "./start-sink.ts";

/** Answers with a document as S3's: one element that holds the others. */
export function sendXml({ response }: Pick<SinkExchange, "response">, name: string, children: string): void {
  const document = `<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${children}</${name}>`;
  response.writeHead(200, { "content-type": "application/xml" }).end(document);
}
