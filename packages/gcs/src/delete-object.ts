import { classify } from "./classify.ts";
import type { GcsConnection } from "./gcs-connection.ts";

/** Objects: delete. Succeeds for a missing key, which the service calls an error. */
export async function deleteObject(connection: GcsConnection, key: string, signal: AbortSignal): Promise<void> {
  const request = { method: "DELETE" as const, path: connection.objectPath(key), signal };
  try {
    await connection.retrying(signal, async () => (await connection.send(request)).text());
  } catch (error) {
    if (classify(error).code !== "NOT_FOUND") throw error;
  }
}
