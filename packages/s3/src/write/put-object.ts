import { PutObjectCommand } from "@aws-sdk/client-s3";
import { bodyChecksum, bodyMd5 } from "../crc32.ts";
import type { S3Connection, Send } from "../s3-connection.ts";
import { incompleteReply } from "../s3-error.ts";
import type { ObjectWrite } from "./object-write.ts";
import { storedAs } from "./stored-as.ts";

/** Bytes from which it pays to ask before sending a body that may be refused. */
const EXPECT_SIZE = 1_024 * 1_024;

/** PutObject with the whole body in memory, so that it can be sent again. Resolves with the ETag. */
export function putObject(connection: S3Connection, write: ObjectWrite, body: Uint8Array): Send<string> {
  const input = {
    ...connection.target(write.key),
    ...storedAs(connection.settings, write),
    ...bodyChecksum(connection.settings, body),
    ...bodyMd5(connection.settings, body),
    Body: body,
    ContentLength: body.length,
    ...(write.ifNotExists ? { IfNoneMatch: "*" } : {}),
  };
  return async (client, send) => {
    const command = new PutObjectCommand(input);
    if (write.ifNotExists && body.length >= EXPECT_SIZE) expectContinue(command);
    const { ETag } = await client.send(command, send);
    if (!ETag) throw incompleteReply("an ETag");
    return ETag;
  };
}

/** Waits for "100 Continue" before the body: a refusal in the middle of one looks like a broken connection. */
function expectContinue(command: PutObjectCommand): void {
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> };
      headers.Expect = "100-continue";
      return next(args);
    },
    { step: "build", name: "expectContinue" },
  );
}
