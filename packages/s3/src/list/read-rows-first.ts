import type { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { type ListedObject, takeRows } from "./take-rows.ts";

/** What of a response this looks at. */
interface Response {
  readonly statusCode: number;
  body: unknown;
}

/**
 * Has the objects of a list read by us, and the rest of the answer by the SDK. Returns what gives the objects of the last
 * attempt, or nothing if the SDK read them.
 */
export function readRowsFirst(command: ListObjectsV2Command): () => ListedObject[] | undefined {
  let objects: ListedObject[] | undefined;
  command.middlewareStack.add(
    (next) => async (args) => {
      objects = undefined;
      const result = await next(args);
      const response = result.response as Response;
      if (response.statusCode !== 200) return result;
      const bytes = await gather(response.body as AsyncIterable<Uint8Array>);
      const taken = takeRows(bytes.toString());
      objects = taken?.objects;
      response.body = taken ? Buffer.from(taken.rest) : bytes;
      return result;
    },
    { step: "deserialize", priority: "low", name: "readRowsFirst" },
  );
  return () => objects;
}

async function gather(body: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}
