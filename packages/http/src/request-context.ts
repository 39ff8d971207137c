import type { BackupManager } from "@stowage/core";
import type { Authentication, ClientInfo } from "./authentication.ts";
import type { BackupsHandlerOptions } from "./handler-options.ts";
import type { StatusStreams } from "./status/status-streams.ts";

/** What one handler keeps. */
export interface Service {
  readonly manager: BackupManager;
  readonly auth: Authentication;
  readonly options: BackupsHandlerOptions;
  readonly streams: StatusStreams;
}

/** What an endpoint answers: the request, and all that belongs to it. */
export interface RequestContext extends Service {
  readonly request: Request;
  readonly url: URL;
  readonly info: ClientInfo;
  /** The key in the path, decoded; empty where the path holds none. */
  readonly key: string;
  /** The name of an entry behind it, decoded; empty where the path holds none. */
  readonly entryName: string;
}

/** Answers one kind of request. Throws an `ApiError` for a refusal, and whatever core throws. */
export type Endpoint = (context: RequestContext) => Promise<Response>;
