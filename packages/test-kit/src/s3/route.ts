import { S3Error } from "./s3-error.ts";
import { answerEmpty, type S3Exchange } from "./s3-exchange.ts";
import { completeMultipartUpload } from "./store/complete-upload.ts";
import { deleteObject } from "./store/delete-object.ts";
import { listObjects } from "./store/list-objects.ts";
import {
  abortMultipartUpload,
  createMultipartUpload,
  listMultipartUploads,
  listParts,
  uploadPart,
} from "./store/multipart.ts";
import { getObjectLockConfiguration, putObjectRetention } from "./store/object-lock.ts";
import { getObject, putObject } from "./store/objects.ts";

type Handler = (exchange: S3Exchange) => Promise<void> | void;

/** Finds what answers a request. `NotImplemented` for what no test needs. */
export function routeFor({ method, key, query }: S3Exchange): Handler {
  const handler = (key === "" ? bucketHandlers(query) : keyHandlers(query))[method];
  if (handler) return handler;
  throw new S3Error(501, "NotImplemented", `${method} with ${[...query.keys()].join(", ") || "no parameters"}`);
}

const UPLOAD_HANDLERS: Record<string, Handler> = {
  PUT: uploadPart,
  POST: completeMultipartUpload,
  DELETE: abortMultipartUpload,
  GET: listParts,
};

function bucketHandlers(query: URLSearchParams): Record<string, Handler> {
  if (query.has("uploads")) return { GET: listMultipartUploads };
  if (query.get("list-type") === "2") return { GET: listObjects };
  if (query.has("object-lock")) return { GET: getObjectLockConfiguration };
  return { HEAD: (exchange) => answerEmpty(exchange, 200, { "x-amz-bucket-region": exchange.settings.region }) };
}

function keyHandlers(query: URLSearchParams): Record<string, Handler> {
  if (query.has("uploadId")) return UPLOAD_HANDLERS;
  if (query.has("uploads")) return { POST: createMultipartUpload };
  if (query.has("retention")) return { PUT: putObjectRetention };
  return { PUT: putObject, GET: getObject, HEAD: getObject, DELETE: deleteObject };
}
