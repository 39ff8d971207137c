import { WRITE_ID } from "@stowage/core/driver";
import type { GcsConnection } from "../gcs-connection.ts";
import { GcsError } from "../gcs-error.ts";
import { OBJECT_FIELDS, type ObjectResource } from "../object-resource.ts";
import type { ContentChunk } from "./content-chunks.ts";

/** How long an aborted request that commits or opens an upload may wait for its answer, in milliseconds. */
export const ABORT_GRACE_MS = 2_000;

/** One write, whatever requests it takes. */
export interface ObjectWrite {
  readonly key: string;
  /** Tells this write's object from any other's. */
  readonly id: string;
  readonly ifNotExists: boolean;
  readonly contentType: string | undefined;
}

/** The parameters that all kinds of upload share. Generation 0 stands for "no such object". */
export function uploadQuery(connection: GcsConnection, { key, ifNotExists }: ObjectWrite): Record<string, string> {
  const name = connection.objectName(key);
  return { name, fields: OBJECT_FIELDS, ...(ifNotExists ? { ifGenerationMatch: "0" } : {}) };
}

export function objectMetadata({ id, contentType }: ObjectWrite): Record<string, unknown> {
  return { metadata: { [WRITE_ID]: id }, ...(contentType === undefined ? {} : { contentType }) };
}

/**
 * Throws `corrupt` unless the service stored the bytes that were sent. It was given the checksum and has refused
 * other bytes, so this is a second check. The object stays: there is no older one to go back to.
 */
export function assertStored(object: ObjectResource, last: ContentChunk): void {
  const size = last.offset + last.bytes.length;
  if (object.size === size && (object.crc32c === undefined || object.crc32c === last.crc32c)) return;
  throw new GcsError("corrupt", `the service stored ${object.size} bytes with another checksum than the ${size} sent`);
}
