export { announcedSize, Exchange } from "./exchange.ts";
export { type FaultMatrix, type MatrixCell, type MatrixResult, runFaultMatrix } from "./fault-matrix.ts";
export { type FaultProxy, type Injection, startFaultProxy } from "./fault-proxy.ts";
export {
  answerWith,
  drip,
  type Fault,
  flipBit,
  flipRequestBit,
  hang,
  hangMidBody,
  loseReply,
  resetBeforeHeaders,
  resetMidBody,
  rewriteBody,
  truncateBody,
} from "./faults.ts";
export type { ServiceAccountKey } from "./gcs/accounts.ts";
export { type GcsServer, type GcsServerOptions, startGcsServer } from "./gcs/start-gcs-server.ts";
export type { RecordedRequest } from "./recorded-request.ts";
export { type S3Server, type S3ServerOptions, startS3Server } from "./s3/s3-server.ts";
