/**
 * Who sends a request: an admin; a viewer, who may see the list, the status and the history, and neither content nor change anything; somebody who is
 * known and neither; or nobody that is known.
 */
export type Caller = "admin" | "viewer" | "user" | "none";

/** What a request does not say of its client. */
export interface ClientInfo {
  /** The address of the client, for limits by address. The bridge of `@stowage/http/node` sets it. */
  readonly remoteAddress?: string | undefined;
}

/** Decides who may use the API. `adminAuthentication` makes the built-in one; an application can bring its own. */
export interface Authentication {
  /** Says who sends a request, by its headers. Must not read the body. */
  authenticate(request: Request, info: ClientInfo): Promise<Caller> | Caller;
  /** Says who a file token stands for: a download carries it in its URL. Left out, downloads are judged by `authenticate`. */
  checkFileToken?(token: string): Promise<Caller> | Caller;
  /** Makes a short-lived file token for the sender of a request who is an admin. Left out, there are no file tokens. */
  createFileToken?(request: Request): Promise<string>;
  /** The paths that `handle` answers, such as "/api/login": in a framework all others but those of backups are the application's. */
  readonly paths?: readonly string[];
  /** Answers the requests of its own, such as a log-in. Resolves with undefined for any other path. */
  handle?(request: Request, info: ClientInfo): Promise<Response | undefined>;
}
