import {
  AbortMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListPartsCommand,
} from "@aws-sdk/client-s3";
import { isValidKey } from "@stowage/core/driver";
import { decodeKey } from "../list/decode-key.ts";
import type { S3Connection } from "../s3-connection.ts";

/** How long opening a bucket may take longer for the sweep, in milliseconds. */
const MAX_SWEEP_MS = 10_000;

/** One page, and when the service answered by its own clock, in milliseconds since 1970. */
interface Page {
  readonly output: ListMultipartUploadsCommandOutput;
  readonly answeredAt: number;
}

/**
 * Aborts the multipart uploads in the folder that processes left when they were killed. An upload does not say who works on
 * it, so that it counts as left only when the service has received nothing of it for `abandonedAfterMs`, neither its start nor
 * a part, by the service's own clock. One whose age cannot be told stays.
 *
 * What cannot be listed or aborted is no reason to refuse the bucket: rejects only if the signal aborts.
 */
export async function sweepUploads(connection: S3Connection, signal: AbortSignal): Promise<void> {
  if (connection.settings.abandonedAfterMs === Number.POSITIVE_INFINITY) return;
  const bounded = AbortSignal.any([signal, AbortSignal.timeout(MAX_SWEEP_MS)]);
  await sweep(connection, bounded).catch(() => {});
  signal.throwIfAborted();
}

async function sweep(connection: S3Connection, signal: AbortSignal): Promise<void> {
  for (let markers: Markers | undefined = {}; markers; ) {
    const page: Page = await listUploads(connection, markers, signal);
    for (const upload of page.output.Uploads ?? []) await sweepOne(connection, { upload, ...page }, signal);
    markers = markersBehind(page.output, markers);
  }
}

/** ListMultipartUploads, https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListMultipartUploads.html. */
async function listUploads(connection: S3Connection, markers: Markers, signal: AbortSignal): Promise<Page> {
  const { Bucket, Key: Prefix } = connection.target("");
  const input = { Bucket, Prefix, Delimiter: "/", EncodingType: "url", ...markers } as const;
  const command = new ListMultipartUploadsCommand(input);
  let answeredAt = Number.NaN;
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers: { readonly date?: string } };
      answeredAt = Date.parse(headers.date ?? "");
      return result;
    },
    { step: "deserialize", name: "readDate" },
  );
  const output = await connection.client.send(command, { abortSignal: signal });
  return { output, answeredAt };
}

type Listed = NonNullable<ListMultipartUploadsCommandOutput["Uploads"]>[number];

async function sweepOne(
  connection: S3Connection,
  { upload, output, answeredAt }: Page & { readonly upload: Listed },
  signal: AbortSignal,
): Promise<void> {
  const { prefix, bucket, abandonedAfterMs } = connection.settings;
  const { Key: listed = "", UploadId, Initiated } = upload;
  const Key = output.EncodingType === "url" ? decodeKey(listed) : listed;
  const isOurs = Key.startsWith(prefix) && isOwnKey(Key.slice(prefix.length));
  const isOld = (time: Date | undefined) => answeredAt - (time?.getTime() ?? Number.NaN) > abandonedAfterMs;
  if (!isOurs || !UploadId || !isOld(Initiated)) return;
  const target = { Bucket: bucket, Key, UploadId };
  if (!(await hasOnly(connection, target, { isOld, signal }))) return;
  await connection.client.send(new AbortMultipartUploadCommand(target), { abortSignal: signal });
}

/** Whether every part is old, looked at one page after the other. */
async function hasOnly(
  { client }: S3Connection,
  target: { readonly Bucket: string; readonly Key: string; readonly UploadId: string },
  { isOld, signal }: { isOld: (time: Date | undefined) => boolean; signal: AbortSignal },
): Promise<boolean> {
  for (let marker: string | undefined = "0"; marker !== undefined; ) {
    const command: ListPartsCommand = new ListPartsCommand({ ...target, PartNumberMarker: marker });
    const { Parts = [], IsTruncated, NextPartNumberMarker } = await client.send(command, { abortSignal: signal });
    if (!Parts.every(({ LastModified }) => isOld(LastModified))) return false;
    if (IsTruncated && !(Number(NextPartNumberMarker) > Number(marker))) return false; // no progress: the rest is unknown
    marker = IsTruncated ? NextPartNumberMarker : undefined;
  }
  return true;
}

/** A key of a user, or one of this library, such as the lock's. */
function isOwnKey(key: string): boolean {
  return isValidKey(key.replace(/^\.stowage-/, ""));
}

interface Markers {
  readonly KeyMarker?: string;
  readonly UploadIdMarker?: string;
}

/** Where the next page starts; nothing behind the last one, or if the service does not get on. */
function markersBehind(output: ListMultipartUploadsCommandOutput, before: Markers): Markers | undefined {
  const { IsTruncated, NextKeyMarker, NextUploadIdMarker, EncodingType } = output;
  if (!IsTruncated || !NextKeyMarker) return undefined;
  const KeyMarker = EncodingType === "url" ? decodeKey(NextKeyMarker) : NextKeyMarker;
  const next = { KeyMarker, ...(NextUploadIdMarker && { UploadIdMarker: NextUploadIdMarker }) };
  const isStuck = next.KeyMarker === before.KeyMarker && next.UploadIdMarker === before.UploadIdMarker;
  return isStuck ? undefined : next;
}
