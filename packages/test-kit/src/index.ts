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
export { describeGcsRequest } from "./gcs/describe-gcs-request.ts";
export { type GcsServer, type GcsServerOptions, startGcsServer } from "./gcs/start-gcs-server.ts";
export type { BackupsToKill } from "./kill/backups-to-kill.ts";
export { forkSource } from "./kill/fork-source.ts";
export { KILL_LOCK_TTL_MS, type KillFigures, type KillPlan, killCreates } from "./kill/kill-creates.ts";
export { type KillOrder, obeyKillOrders } from "./kill/obey-kill-orders.ts";
export { type LockRace, type LockRaceResult, runLockRace } from "./lock/lock-race.ts";
export type { LockRequest } from "./lock/lock-request.ts";
export { type BackupsUnderTest, serveTurns, type TurnHooks } from "./lock/serve-turns.ts";
export {
  runStoppedHolder,
  SLEEPER,
  type StoppedHolder,
  type StoppedHolderResult,
  SUCCESSOR,
} from "./lock/stopped-holder.ts";
export type { ClientSettings } from "./lock/turn.ts";
export { putNeighbours, removeNeighbours } from "./put-neighbours.ts";
export type { RecordedRequest } from "./recorded-request.ts";
export { describeS3Request } from "./s3/describe-s3-request.ts";
export { type S3Server, type S3ServerOptions, startS3Server } from "./s3/s3-server.ts";
export { startSilentServer } from "./silent-server.ts";
