import { createHash } from "node:crypto";
import { RECEIVED } from "./job.ts";

/** What tells one object from another. */
export interface ObjectDigest {
  /** Bytes. */
  readonly size: number;
  /** In hex. */
  readonly sha256: string;
}

export async function digestOf(content: AsyncIterable<Uint8Array>): Promise<ObjectDigest> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const bytes of content) {
    hash.update(bytes);
    size += bytes.length;
  }
  return { size, sha256: hash.digest("hex") };
}

/** Says how the object that the server holds differs from the one that is wanted, or nothing. */
export async function receivedDifference(endpoint: string, wanted: ObjectDigest): Promise<string | undefined> {
  const { ok, body } = await fetch(`${endpoint}${RECEIVED}`);
  if (!ok || !body) return "the server holds no object";
  const { size, sha256 } = await digestOf(body);
  if (size !== wanted.size) return `the server holds ${size} bytes instead of ${wanted.size}`;
  return sha256 === wanted.sha256 ? undefined : `the server holds other bytes: SHA-256 ${sha256}`;
}

/** Makes room for the next write: a create refuses a key that is taken. */
export async function forgetReceived(endpoint: string): Promise<void> {
  await fetch(`${endpoint}${RECEIVED}`, { method: "DELETE" });
}
