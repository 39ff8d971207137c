import type { FileInfo } from "@stowage/core/driver";
import { fileInfo } from "../file-info.ts";
import type { GcsConnection } from "../gcs-connection.ts";
import { OBJECT_FIELDS, type ObjectResource, parseObject } from "../object-resource.ts";

/** Describes the object. */
export async function statObject(connection: GcsConnection, key: string, signal: AbortSignal): Promise<FileInfo> {
  return fileInfo(key, await getResource(connection, key, signal));
}

/** Objects: get, without the bytes. */
export function getResource(connection: GcsConnection, key: string, signal: AbortSignal): Promise<ObjectResource> {
  const request = { path: connection.objectPath(key), query: { fields: OBJECT_FIELDS }, signal };
  return connection.retrying(signal, async () => parseObject(await connection.json(request)));
}
