import type { FileInfo, ListPage, ListPageOptions } from "@stowage/core/driver";
import { classify } from "../classify.ts";
import { fileInfo } from "../file-info.ts";
import type { GcsConnection } from "../gcs-connection.ts";
import { GcsError } from "../gcs-error.ts";
import { OBJECT_FIELDS, parseObject } from "../object-resource.ts";

/**
 * Fetches one page (https://cloud.google.com/storage/docs/json_api/v1/objects/list), which comes in UTF-8 order.
 * The delimiter keeps sub-folders out. A page can hold fewer objects than asked for, even none, and not be the last.
 */
export async function listObjects(connection: GcsConnection, options: ListPageOptions): Promise<ListPage> {
  const { prefix, limit, cursor, signal } = options;
  const folder = connection.settings.prefix;
  const query = {
    prefix: connection.objectName(prefix),
    delimiter: "/",
    maxResults: String(limit),
    fields: `kind,nextPageToken,items(${OBJECT_FIELDS})`,
    ...(cursor === undefined ? {} : { pageToken: cursor }),
  };
  try {
    return await connection.retrying(signal, async () => {
      return parsePage(await connection.json({ path: connection.collectionPath, query, signal }), folder);
    });
  } catch (error) {
    throw classify(error).code === "NOT_FOUND" ? missingBucket() : error;
  }
}

/** Reaches the bucket. A list rather than a look at the bucket, which most roles for objects do not permit. */
export async function reachBucket(connection: GcsConnection, signal: AbortSignal): Promise<void> {
  await listObjects(connection, { prefix: "", limit: 1, signal });
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
  return key === "" ? undefined : fileInfo(key, object);
}
