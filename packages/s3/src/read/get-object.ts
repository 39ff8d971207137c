import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { type FileInfo, StowageError } from "@stowage/core/driver";
import { incompleteReply } from "../bare-error.ts";
import type { BucketConnection } from "../bucket-connection.ts";
import { fileInfo } from "../file-info.ts";

/** Bytes; `end` is exclusive. */
export interface Range {
  readonly start: number;
  readonly end?: number | undefined;
}

export interface GetOptions {
  readonly signal: AbortSignal;
  readonly range?: Range | undefined;
  /** The version that must still be there. */
  readonly ifMatch?: string | undefined;
}

export interface OpenedObject {
  readonly info: FileInfo;
  readonly body: Readable;
  /** Base64, of the whole object, if the service keeps it. */
  readonly crc32: string | undefined;
}

/** GetObject, up to the first byte of the body. Rejects unless the range that was asked for is the one that comes. */
export function getObject(connection: BucketConnection, key: string, options: GetOptions): Promise<OpenedObject> {
  const { range, ifMatch, signal } = options;
  const command = () => {
    const input = { ...connection.target(key), Range: rangeHeader(range), IfMatch: ifMatch };
    return askForChecksum(new GetObjectCommand(input), connection);
  };
  return connection.request(async (client, send) => {
    const output = await client.send(command(), send);
    try {
      return opened(key, output, range);
    } catch (error) {
      (output.Body as Readable | undefined)?.destroy();
      throw error;
    }
  }, signal);
}

/** Asks for the stored checksum without having the SDK check it: its check ends with a dropped connection, ours does not. */
function askForChecksum(command: GetObjectCommand, { settings }: BucketConnection): GetObjectCommand {
  if (settings.checksums === "when-required") return command;
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers["x-amz-checksum-mode"] = "ENABLED";
      return next(args);
    },
    { step: "build", name: "askForChecksum" },
  );
  return command;
}

function opened(key: string, output: GetObjectCommandOutput, range: Range | undefined): OpenedObject {
  const { ContentLength, ContentRange, ChecksumCRC32, Body, ...described } = output;
  if (!Body || !output.ETag) throw incompleteReply("a body or an ETag");
  const size = range ? sizeOfRange(ContentRange, range) : ContentLength;
  return { info: fileInfo(key, { ...described, size }), body: Body as Readable, crc32: wholeChecksum(ChecksumCRC32) };
}

/** The size of the whole object, from "bytes 0-4/10". */
function sizeOfRange(header: string | undefined, { start, end }: Range): number {
  const [, first, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? "")?.map(Number) ?? [];
  const expectedLast = Math.min(end ?? Number.POSITIVE_INFINITY, size ?? 0) - 1;
  if (size !== undefined && first === start && last === expectedLast) return size;
  throw new StowageError("INTERNAL", `the storage ignored the range: it sent ${header ?? "the whole object"}`);
}

/** A checksum with a hyphen is one of the parts' checksums, not of the bytes. */
function wholeChecksum(checksum: string | undefined): string | undefined {
  return checksum?.includes("-") ? undefined : checksum;
}

function rangeHeader(range: Range | undefined): string | undefined {
  if (!range) return undefined;
  return range.end === undefined ? `bytes=${range.start}-` : `bytes=${range.start}-${range.end - 1}`;
}
