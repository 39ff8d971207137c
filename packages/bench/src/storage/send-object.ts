import { createReadStream } from "node:fs";
import type { ServerResponse } from "node:http";
import type { SinkExchange } from "../transfer/sinks/start-sink.ts";
import { ETAG } from "./job.ts";
import type { StoredObject } from "./object-store.ts";
import { Pace } from "./pace.ts";

const CHUNK_SIZE = 256 * 1_024;
const MODIFIED_AT = new Date("2026-01-01T00:00:00Z");

/** A part of an object: from `start` up to, not including, `end`. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** Answers HEAD and GET of an object, or of the range that is asked for, at so many bytes a second. */
export async function sendObject(
  { request, response }: SinkExchange,
  object: StoredObject,
  bytesPerSecond: number,
): Promise<void> {
  const size = object.pieces.reduce((total, piece) => total + piece.size, 0);
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const start = Number(first ?? 0);
  const end = Math.min(size, last ? Number(last) + 1 : size);
  response.writeHead(first === undefined ? 200 : 206, {
    ...(first === undefined ? {} : { "content-range": `bytes ${start}-${end - 1}/${size}` }),
    ...(object.writeId === undefined ? {} : { "x-amz-meta-stowage-write": object.writeId }),
    "content-length": end - start,
    "content-type": "application/zip",
    "last-modified": MODIFIED_AT.toUTCString(),
    etag: ETAG,
  });
  if (request.method === "HEAD") return void response.end();
  const pace = new Pace(bytesPerSecond);
  for await (const chunk of contentOf(object, { start, end })) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await drained(response);
    await pace.pass(chunk.length);
  }
  response.end();
}

async function* contentOf({ pieces }: StoredObject, { start, end }: Range): AsyncGenerator<Buffer, void, void> {
  let position = 0;
  for (const { path, size } of pieces) {
    const from = Math.max(0, start - position);
    const to = Math.min(size, end - position);
    position += size;
    if (from < to) yield* createReadStream(path, { start: from, end: to - 1, highWaterMark: CHUNK_SIZE });
  }
}

/** Resolves when more may be written, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off("drain", done).off("close", done);
      resolve();
    };
    response.once("drain", done).once("close", done);
  });
}
