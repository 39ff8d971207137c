import { Transform, type TransformCallback } from "node:stream";
import { S3Error } from "../s3-error.ts";

/**
 * Takes the framing of `Content-Encoding: aws-chunked` off and collects the trailers
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html).
 */
export class AwsChunkedDecoder extends Transform {
  readonly trailers: Record<string, string> = {};
  #buffered = Buffer.alloc(0);
  #expects: "size" | "data" | "line end" | "trailer" | "nothing" = "size";
  #left = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.#buffered = Buffer.concat([this.#buffered, chunk]);
    try {
      while (this.#expects === "data" ? this.#takeData() : this.#takeLine());
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }

  override _flush(callback: TransformCallback): void {
    callback(this.#expects === "nothing" ? null : incomplete());
  }

  /** Passes on what there is of the current chunk. Returns whether there may be more to take. */
  #takeData(): boolean {
    const data = this.#buffered.subarray(0, this.#left);
    this.#buffered = this.#buffered.subarray(data.length);
    this.#left -= data.length;
    this.push(data);
    if (this.#left > 0) return false;
    this.#expects = "line end";
    return true;
  }

  #takeLine(): boolean {
    const end = this.#buffered.indexOf("\r\n");
    if (end < 0) {
      if (this.#buffered.length > 16_384) throw incomplete();
      return false;
    }
    const line = this.#buffered.subarray(0, end).toString("latin1");
    this.#buffered = this.#buffered.subarray(end + 2);
    this.#accept(line);
    return true;
  }

  #accept(line: string): void {
    if (this.#expects === "line end") this.#expects = "size";
    else if (this.#expects === "size") this.#startChunk(line);
    else if (this.#expects === "trailer" && line === "") this.#expects = "nothing";
    else if (this.#expects === "trailer") this.#addTrailer(line);
    else throw incomplete();
  }

  #startChunk(line: string): void {
    const [, size] = /^([0-9a-f]+)(?:;.*)?$/i.exec(line) ?? [];
    if (size === undefined) throw incomplete();
    this.#left = Number.parseInt(size, 16);
    this.#expects = this.#left === 0 ? "trailer" : "data";
  }

  #addTrailer(line: string): void {
    const cut = line.indexOf(":");
    this.trailers[line.slice(0, cut).trim().toLowerCase()] = line.slice(cut + 1).trim();
  }
}

function incomplete(): S3Error {
  return new S3Error(400, "IncompleteBody", "The request body terminated unexpectedly");
}
