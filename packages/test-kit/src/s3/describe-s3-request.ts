import type { LockRequest, RequestKind } from "../lock/lock-request.ts";
import type { RecordedRequest } from "../server/recorded-request.ts";

const OF_UPLOAD: Readonly<Record<string, RequestKind>> = { PUT: "upload", DELETE: "drop", GET: "look" };
const OF_OBJECT: Readonly<Record<string, RequestKind>> = { DELETE: "delete", GET: "read", HEAD: "look" };

/** Says what an S3 request does; the bucket is the first part of its path. */
export function describeS3Request(request: RecordedRequest): LockRequest {
  const [, , ...parts] = request.path.split("/");
  return { kind: kindOf(request), key: decodeURIComponent(parts.join("/")) };
}

function kindOf({ method, query, headers }: RecordedRequest): RequestKind {
  const makes = headers["if-none-match"] === "*" ? "create" : "replace";
  if (query.has("list-type")) return "list";
  if (query.has("uploads")) return method === "GET" ? "look" : "upload";
  if (query.has("uploadId")) return method === "POST" ? makes : (OF_UPLOAD[method] ?? "other");
  return method === "PUT" ? makes : (OF_OBJECT[method] ?? "other");
}
