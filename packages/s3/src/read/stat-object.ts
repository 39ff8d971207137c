import type { FileInfo } from "@stowage/core/driver";
import { classify } from "../classify.ts";
import type { S3Connection } from "../s3-connection.ts";
import { getObject } from "./get-object.ts";
import { headObject } from "./head-object.ts";

/** Describes the object. Asks again by GET, whose errors have a body, when HEAD was refused without a reason. */
export async function statObject(connection: S3Connection, key: string, signal: AbortSignal): Promise<FileInfo> {
  try {
    const { info } = await headObject(connection, key, signal);
    return info;
  } catch (error) {
    if (signal.aborted || classify(error).retryable) throw error;
    const { info, body } = await getObject(connection, key, { signal });
    body.destroy();
    return info;
  }
}
