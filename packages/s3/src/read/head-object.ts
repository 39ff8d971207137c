import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { type FileInfo, WRITE_ID } from "@stowage/core/driver";
import { fileInfo } from "../file-info.ts";
import type { S3Connection } from "../s3-connection.ts";

export interface HeadedObject {
  readonly info: FileInfo;
  /** The write that made the object, if it was one of ours. */
  readonly writeId: string | undefined;
  readonly versionId: string | undefined;
  /** Of the version that was described, over or not, if the service tells: AWS does with `s3:GetObjectRetention`. */
  readonly retention: { readonly mode: string; readonly until: Date } | undefined;
  readonly isOnHold: boolean;
}

/** HeadObject. Its errors have no body, so they cannot tell a missing key from a missing bucket. */
export function headObject(connection: S3Connection, key: string, signal: AbortSignal): Promise<HeadedObject> {
  return connection.request(async (client, options) => {
    const head = await client.send(new HeadObjectCommand(connection.target(key)), options);
    const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until } = head;
    connection.mayRetain ||= head.VersionId !== undefined || mode !== undefined;
    return {
      info: fileInfo(key, { ...head, size: head.ContentLength }),
      writeId: head.Metadata?.[WRITE_ID],
      versionId: head.VersionId,
      retention: mode && until ? { mode, until } : undefined,
      isOnHold: head.ObjectLockLegalHoldStatus === "ON",
    };
  }, signal);
}
