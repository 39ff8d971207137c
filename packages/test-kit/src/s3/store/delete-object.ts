import { answerEmpty, type S3Exchange } from "../s3-exchange.ts";
import { assertUnlocked } from "./object-lock.ts";

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html: without a version it hides what is there where versions
 * are kept, whatever its retention; with one it removes that version for good, unless a retention forbids it.
 */
export async function deleteObject(exchange: S3Exchange): Promise<void> {
  const { bucket, key, query } = exchange;
  const id = query.get("versionId");
  if (id === null) {
    const marker = await bucket.delete(key);
    answerEmpty(
      exchange,
      204,
      marker === undefined ? {} : { "x-amz-delete-marker": "true", "x-amz-version-id": marker },
    );
    return;
  }
  const version = bucket.versions(key).find((one) => one.id === id);
  if (version) assertUnlocked(exchange, version.object);
  await bucket.deleteVersion(key, id);
  const isMarker = version !== undefined && version.object === undefined;
  answerEmpty(exchange, 204, { "x-amz-version-id": id, ...(isMarker && { "x-amz-delete-marker": "true" }) });
}
