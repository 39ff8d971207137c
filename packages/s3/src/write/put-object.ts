import { HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { bodyChecksum, bodyMd5 } from "../crc32.ts";
import type { S3Connection, Send } from "../s3-connection.ts";
import { incompleteReply, S3Error } from "../s3-error.ts";
import type { ObjectWrite } from "./object-write.ts";
import { storedAs } from "./stored-as.ts";

/** Bytes from which it pays to look before sending a body again that may be refused. */
const LARGE_BODY = 1_024 * 1_024;

/**
 * PutObject with the whole body in memory, so that it can be sent again. Resolves with the ETag.
 *
 * A service that refuses a large body may close the connection in the middle of it, which looks as if it broke. So a create-only
 * write looks at the key before it sends such a body again. `Expect: 100-continue` would tell earlier, but each such request opens
 * a connection of its own, and the SDK waits 6 s where a service or a proxy never answers it.
 */
export function putObject(connection: S3Connection, write: ObjectWrite, body: Uint8Array): Send<string> {
  const target = connection.target(write.key);
  const input = {
    ...target,
    ...storedAs(connection.settings, write),
    ...bodyChecksum(connection.settings, body),
    ...bodyMd5(connection.settings, body),
    Body: body,
    ContentLength: body.length,
    ...(write.ifNotExists ? { IfNoneMatch: "*" } : {}),
  };
  let isFirst = true;
  return async (client, send) => {
    if (!isFirst && write.ifNotExists && body.length >= LARGE_BODY) await assertFree(client, target, send.abortSignal);
    isFirst = false;
    const { ETag } = await client.send(new PutObjectCommand(input), send);
    if (!ETag) throw incompleteReply("an ETag");
    return ETag;
  };
}

/** Throws what a create-only write would, if there is an object: `commit` finds out whose. Whatever else is answered tells nothing. */
async function assertFree(
  client: S3Client,
  target: { Bucket: string; Key: string },
  abortSignal: AbortSignal,
): Promise<void> {
  const isTaken = await client.send(new HeadObjectCommand(target), { abortSignal }).then(
    () => true,
    () => false,
  );
  abortSignal.throwIfAborted();
  if (isTaken) throw new S3Error("PreconditionFailed", "there is an object under the key", { status: 412 });
}
