import { ApiError } from "./api-error.ts";
import type { Caller } from "./authentication.ts";
import { MESSAGES } from "./documented-messages.ts";
import type { RequestContext } from "./request-context.ts";

/** Throws 401 unless somebody known sends the request, 403 with `forbidden` unless it is an admin. Never reads the body. */
export async function assertAdmin(context: RequestContext, forbidden: string = MESSAGES.forbidden): Promise<void> {
  const caller = await context.auth.authenticate(context.request, context.info);
  if (caller !== "admin") throw refused(caller, forbidden);
}

/** The same for what a viewer may see, too. */
export async function assertViewer(context: RequestContext, forbidden: string = MESSAGES.forbidden): Promise<void> {
  const caller = await context.auth.authenticate(context.request, context.info);
  if (caller !== "admin" && caller !== "viewer") throw refused(caller, forbidden);
}

/** Whatever an application's authentication says that is none of its words stands for nobody. */
function refused(caller: Caller, forbidden: string): ApiError {
  const isKnown = caller === "user" || caller === "viewer";
  return isKnown ? new ApiError(403, forbidden) : new ApiError(401, MESSAGES.unauthorized);
}

/**
 * Throws 403 unless an admin's file token is in the URL. Where the authentication knows no file tokens, it is asked for
 * the sender instead; where it does, its other tokens do not count: a URL is shown, logged and shared.
 */
export async function assertFileAccess(context: RequestContext): Promise<void> {
  const { auth, request, info, url } = context;
  const caller = auth.checkFileToken
    ? await auth.checkFileToken(url.searchParams.get("token") ?? "")
    : await auth.authenticate(request, info);
  if (caller !== "admin") throw new ApiError(403, MESSAGES.fileForbidden);
}
