import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import type { FileInfo, ListPage, ListPageOptions } from "@stowage/core/driver";
import { fileInfo } from "../file-info.ts";
import type { S3Connection } from "../s3-connection.ts";
import { incompleteReply } from "../s3-error.ts";
import { decodeKey } from "./decode-key.ts";
import { readRowsFirst } from "./read-rows-first.ts";
import type { ListedObject } from "./take-rows.ts";

/** ListObjectsV2. The delimiter has sub-folders answered as one line each, whatever they hold. */
export function listObjects(connection: S3Connection, options: ListPageOptions): Promise<ListPage> {
  const { Bucket, Key: Prefix } = connection.target(options.prefix);
  const input = { Bucket, Prefix, Delimiter: "/", EncodingType: "url", MaxKeys: options.limit } as const;
  return connection.request(async (client, send) => {
    const command = new ListObjectsV2Command({ ...input, ContinuationToken: options.cursor });
    const objects = readRowsFirst(command);
    const output = await client.send(command, send);
    assertComplete(output);
    const files = (objects() ?? output.Contents ?? []).map((object) => describe(connection, output, object));
    return {
      files: files.filter(({ key }) => key !== ""), // the marker of the folder itself
      ...nextPage(output),
    };
  }, options.signal);
}

/** Reaches the bucket. A list rather than HeadBucket, whose errors have no body and so no reason. */
export async function reachBucket(connection: S3Connection, signal: AbortSignal): Promise<void> {
  await listObjects(connection, { prefix: "", limit: 1, signal });
}

/** Rejects an answer that is no list, such as a success with an error in it, and one that breaks off without a cursor. */
function assertComplete({ IsTruncated, NextContinuationToken }: ListObjectsV2CommandOutput): void {
  if (IsTruncated === undefined) throw incompleteReply("IsTruncated");
  if (IsTruncated && !NextContinuationToken) throw incompleteReply("NextContinuationToken");
}

/** `IsTruncated` decides: Zenko, and MinIO of 2019, give a token with the last page, too. */
function nextPage({ IsTruncated, NextContinuationToken }: ListObjectsV2CommandOutput): Pick<ListPage, "cursor"> {
  return IsTruncated && NextContinuationToken ? { cursor: NextContinuationToken } : {};
}

function describe(
  { settings }: S3Connection,
  { EncodingType }: ListObjectsV2CommandOutput,
  object: ListedObject,
): FileInfo {
  const { Key = "", Size: size, LastModified, ETag } = object;
  const key = EncodingType === "url" ? decodeKey(Key) : Key;
  if (!key.startsWith(settings.prefix)) throw incompleteReply("the prefix in a key");
  return fileInfo(key.slice(settings.prefix.length), { size, LastModified, ETag });
}
