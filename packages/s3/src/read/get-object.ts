import type { Readable } from "node:stream";
import { GetObjectCommand, type GetObjectCommandOutput } from "@aws-sdk/client-s3";
import {
  type FileInfo,
  type ReadRangeOptions,
  rangeHeader,
  StowageError,
  sizeByContentRange,
} from "@stowage/core/driver";
import { fileInfo } from "../file-info.ts";
import type { S3Connection } from "../s3-connection.ts";
import { incompleteReply } from "../s3-error.ts";

export interface GetOptions extends Omit<ReadRangeOptions, "memory"> {
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
export function getObject(connection: S3Connection, key: string, options: GetOptions): Promise<OpenedObject> {
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
function askForChecksum(command: GetObjectCommand, { settings }: S3Connection): GetObjectCommand {
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

function opened(key: string, output: GetObjectCommandOutput, range: GetOptions["range"]): OpenedObject {
  const { ContentLength, ContentRange, ChecksumCRC32, Body, ...described } = output;
  if (!Body || !output.ETag) throw incompleteReply("a body or an ETag");
  const size = range ? sizeByContentRange(ContentRange, range) : ContentLength;
  if (range && size === undefined) throw ignoredRange(ContentRange);
  return { info: fileInfo(key, { ...described, size }), body: Body as Readable, crc32: wholeChecksum(ChecksumCRC32) };
}

/** A checksum with a hyphen is one of the parts' checksums, not of the bytes. */
function wholeChecksum(checksum: string | undefined): string | undefined {
  return checksum?.includes("-") ? undefined : checksum;
}

function ignoredRange(header: string | undefined): StowageError {
  return new StowageError("INTERNAL", `the storage ignored the range: it sent ${header ?? "the whole object"}`);
}
