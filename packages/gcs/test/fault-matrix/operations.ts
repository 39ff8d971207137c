import type { Filesystem } from "@stowage/core";
import type { RecordedRequest } from "@stowage/test-kit";
import type { Operation } from "./faults.ts";

export const CHUNK_SIZE = 256 * 1024;
export const OLD = Buffer.alloc(1_500, "old ");

const SINGLE = Buffer.alloc(20_000, "single ");
const CHUNKED = Buffer.alloc(2 * CHUNK_SIZE + 5_000, "chunked ");

export interface MatrixOperation {
  /** Whether a request is the one to strike. */
  readonly match: (request: RecordedRequest, name: string) => boolean;
  /** Whether an object lies under the key beforehand. */
  readonly startsWithOld: boolean;
  /** What lies under the key afterwards if the call succeeds. */
  readonly result: Buffer | undefined;
  /** Makes the call. Resolves with what is wrong about its result, if anything is. */
  readonly call: (filesystem: Filesystem, key: string) => Promise<string | undefined>;
}

const write = (bytes: Buffer, ifNotExists: boolean, match: MatrixOperation["match"]): MatrixOperation => ({
  match,
  startsWithOld: !ifNotExists,
  result: bytes,
  call: async (filesystem, key) => {
    const { size } = await filesystem.write(key, inPieces(bytes), { ifNotExists });
    return size === bytes.length ? undefined : `write tells a size of ${size}`;
  },
});

export const MATRIX_OPERATIONS: Readonly<Record<Operation, MatrixOperation>> = {
  "write single": write(SINGLE, false, isUpload("multipart")),
  "create single": write(SINGLE, true, isUpload("multipart")),
  "write: start": write(CHUNKED, false, isUpload("resumable")),
  "write: chunk": write(
    CHUNKED,
    false,
    isChunk((range) => range.startsWith(`bytes ${CHUNK_SIZE}-`)),
  ),
  "write: finish": write(
    CHUNKED,
    false,
    isChunk((range) => range.endsWith(`/${CHUNKED.length}`)),
  ),
  "create: finish": write(
    CHUNKED,
    true,
    isChunk((range) => range.endsWith(`/${CHUNKED.length}`)),
  ),
  read: {
    match: ({ method, path, query }, name) => method === "GET" && isObject(path, name) && query.get("alt") === "media",
    startsWithOld: true,
    result: OLD,
    call: async (filesystem, key) => {
      const { content } = await filesystem.read(key);
      return OLD.equals(Buffer.concat(await content.toArray())) ? undefined : "read gives other bytes";
    },
  },
  list: {
    match: ({ path, query }, name) => path.endsWith("/o") && query.get("prefix") === name,
    startsWithOld: true,
    result: OLD,
    call: async (filesystem, key) => {
      const keys: string[] = [];
      for await (const file of filesystem.list({ prefix: key, pageSize: 1 })) keys.push(file.key);
      return keys.join() === key ? undefined : `list yields ${JSON.stringify(keys)}`;
    },
  },
  stat: {
    match: ({ method, path, query }, name) => method === "GET" && isObject(path, name) && !query.has("alt"),
    startsWithOld: true,
    result: OLD,
    call: async (filesystem, key) => {
      const { size } = await filesystem.stat(key);
      return size === OLD.length ? undefined : `stat tells a size of ${size}`;
    },
  },
  delete: {
    match: ({ method, path }, name) => method === "DELETE" && isObject(path, name),
    startsWithOld: true,
    result: undefined,
    call: async (filesystem, key) => void (await filesystem.delete(key)),
  },
};

async function* inPieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += 50_000) yield bytes.subarray(start, start + 50_000);
}

function isObject(path: string, name: string): boolean {
  return path.endsWith(`/o/${encodeURIComponent(name)}`);
}

function isUpload(type: string): MatrixOperation["match"] {
  return ({ method, query }, name) =>
    method === "POST" && query.get("uploadType") === type && query.get("name") === name;
}

/** Strikes the chunk, and the queries for progress that follow it. */
function isChunk(isStruck: (range: string) => boolean): MatrixOperation["match"] {
  return ({ method, query, headers }, name) => {
    const range = String(headers["content-range"]);
    return method === "PUT" && query.get("name") === name && (range === "bytes */*" || isStruck(range));
  };
}
