import { type Commit, provenWrite, WRITE_ID } from "@stowage/core/driver";
import { isTransient } from "../classify.ts";
import type { GcsConnection } from "../gcs-connection.ts";
import type { ObjectResource } from "../object-resource.ts";
import { getResource } from "../read/stat-object.ts";
import type { ContentChunk } from "./content-chunks.ts";
import { ABORT_GRACE_MS, assertStored, type ObjectWrite } from "./object-write.ts";

export interface CommitOptions extends Pick<Commit<ObjectResource>, "send" | "settle" | "signal"> {
  /** The chunk that ends the content. */
  readonly last: ContentChunk;
}

/** Sends the request that makes the object, and finds out what became of it if the answer does not say. */
export function commit(connection: GcsConnection, write: ObjectWrite, options: CommitOptions): Promise<ObjectResource> {
  const { last, ...request } = options;
  return provenWrite({
    ...request,
    isUncertain: isTransient,
    findOwn: async (signal) => {
      const object = await getResource(connection, write.key, signal);
      if (object.metadata[WRITE_ID] !== write.id) return undefined;
      assertStored(object, last);
      return object;
    },
    graceMs: ABORT_GRACE_MS,
  });
}
