import type { LockRequest, RequestKind } from "../lock/lock-request.ts";
import type { RecordedRequest } from "../server/recorded-request.ts";

/** Says what a request of the JSON API does. The later requests of a resumable upload do not name their object. */
export function describeGcsRequest(request: RecordedRequest): LockRequest {
  const { path, query } = request;
  if (path.startsWith("/upload/")) return { kind: kindOfUpload(request), key: query.get("name") ?? "" };
  const name = path.match(/\/o\/([^/]+)$/)?.[1];
  if (name === undefined) return { kind: "list", key: "" };
  return { kind: kindOfObject(request), key: decodeURIComponent(name) };
}

function kindOfObject({ method, query }: RecordedRequest): RequestKind {
  if (method === "DELETE") return "delete";
  if (method !== "GET") return "other";
  return query.get("alt") === "media" ? "read" : "look";
}

function kindOfUpload({ method, query, headers }: RecordedRequest): RequestKind {
  const range = String(headers["content-range"]);
  if (method === "DELETE") return "drop";
  if (method === "PUT" && range === "bytes */*") return "look";
  if (method === "PUT") return range.endsWith("/*") ? "upload" : "create";
  if (query.get("uploadType") === "resumable") return "upload";
  return query.get("ifGenerationMatch") === "0" ? "create" : "replace";
}
