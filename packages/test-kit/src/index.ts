export type { ServiceAccountKey } from "./gcs/accounts.ts";
export { describeGcsRequest } from "./gcs/describe-gcs-request.ts";
export { type GcsServer, type GcsServerOptions, startGcsServer } from "./gcs/start-gcs-server.ts";
export { type FaultMatrix, type MatrixCell, type MatrixResult, runFaultMatrix } from "./proxy/fault-matrix.ts";
export { type FaultProxy, startFaultProxy } from "./proxy/fault-proxy.ts";
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
  rewriteHeader,
  truncateBody,
} from "./proxy/faults.ts";
export { describeS3Request } from "./s3/describe-s3-request.ts";
export { type S3Server, type S3ServerOptions, startS3Server } from "./s3/s3-server.ts";
export type { ServiceProfile } from "./s3/service-profile.ts";
export { listen } from "./server/listen.ts";
export { putNeighbours, removeNeighbours } from "./server/put-neighbours.ts";
export type { RecordedRequest } from "./server/recorded-request.ts";
export { startSilentServer } from "./server/silent-server.ts";
