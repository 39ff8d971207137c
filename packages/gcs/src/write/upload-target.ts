import { classifyGcsError } from "../classify-gcs-error.ts";
import { GcsError } from "../gcs-error.ts";
import type { GcsClient } from "../http/gcs-client.ts";
import { OBJECT_FIELDS, type ObjectResource, parseObject } from "../object-resource.ts";
import type { ContentChunk } from "./content-chunks.ts";

/** How long an aborted request that commits or opens an upload may wait for its answer, in milliseconds. */
export const ABORT_GRACE_MS = 2_000;

/** What is to become of an upload. */
export interface UploadTarget {
  readonly name: string;
  /** Kept with the object, to know an object of this very write again. */
  readonly writeId: string;
  readonly ifNotExists: boolean;
  readonly contentType: string | undefined;
}

/** The parameters that all kinds of upload share. Generation 0 stands for "no such object". */
export function uploadQuery({ name, ifNotExists }: UploadTarget): Record<string, string> {
  return { name, fields: OBJECT_FIELDS, ...(ifNotExists ? { ifGenerationMatch: "0" } : {}) };
}

export function objectMetadata({ writeId, contentType }: UploadTarget): Record<string, unknown> {
  return { metadata: { "stowage-write": writeId }, ...(contentType === undefined ? {} : { contentType }) };
}

/** Finds the object if this write made it: an answer that got lost looks like a taken key to the next attempt. */
export async function findOwnObject(
  client: GcsClient,
  target: UploadTarget,
  signal: AbortSignal,
): Promise<ObjectResource | undefined> {
  const request = { path: client.objectPath(target.name), query: { fields: OBJECT_FIELDS }, signal };
  const object = parseObject(await client.json(request));
  return object.metadata["stowage-write"] === target.writeId ? object : undefined;
}

/** Whether a create-only upload found an object. */
export function isTaken(error: unknown): boolean {
  return classifyGcsError(error).code === "ALREADY_EXISTS";
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
