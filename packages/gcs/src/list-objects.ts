import type { FileInfo, ListPage, ListPageOptions } from "@stowage/core/driver";
import { classifyGcsError } from "./classify-gcs-error.ts";
import { GcsError } from "./gcs-error.ts";
import type { GcsClient } from "./http/gcs-client.ts";
import { describeObject, OBJECT_FIELDS, parseObject } from "./object-resource.ts";

/**
 * Fetches one page (https://cloud.google.com/storage/docs/json_api/v1/objects/list), which comes in UTF-8 order.
 * The delimiter keeps sub-folders out. A page can hold fewer objects than asked for, even none, and not be the last.
 */
export async function listObjects(client: GcsClient, options: ListPageOptions): Promise<ListPage> {
  const { prefix, limit, cursor, signal } = options;
  const folder = client.settings.prefix;
  const query = {
    prefix: `${folder}${prefix}`,
    delimiter: "/",
    maxResults: String(limit),
    fields: `kind,nextPageToken,items(${OBJECT_FIELDS})`,
    ...(cursor === undefined ? {} : { pageToken: cursor }),
  };
  try {
    return await client.retrying(signal, async () => {
      return parsePage(await client.json({ path: client.collectionPath, query, signal }), folder);
    });
  } catch (error) {
    throw classifyGcsError(error).code === "NOT_FOUND" ? missingBucket() : error;
  }
}

/** All that a listing can miss is the bucket, whatever a server says. */
function missingBucket(): GcsError {
  return new GcsError("refused", "The specified bucket does not exist.", { status: 404 });
}

function parsePage(value: unknown, folder: string): ListPage {
  const { kind, items = [], nextPageToken } = (value ?? {}) as Record<string, unknown>;
  if (kind !== "storage#objects" || !Array.isArray(items))
    throw new GcsError("malformed", "the answer is not a listing");
  const files = items.map((item) => describe(item, folder)).filter((file) => file !== undefined);
  return typeof nextPageToken === "string" ? { files, cursor: nextPageToken } : { files };
}

/** Describes an object of the folder; nothing for the object that marks the folder itself. */
function describe(item: unknown, folder: string): FileInfo | undefined {
  const object = parseObject(item);
  if (!object.name.startsWith(folder)) throw new GcsError("malformed", "the listing holds what was not asked for");
  const key = object.name.slice(folder.length);
  return key === "" ? undefined : describeObject(key, object);
}
