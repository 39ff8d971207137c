import type { Progress, StowageError } from "@stowage/core";
import { isValidKey } from "@stowage/core/driver";
import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering, type ErrorAnswers } from "../error-answer.ts";
import { reportError } from "../error-report.ts";
import { jsonResponse, noContent } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";
import { isDryRun } from "./dry-run.ts";
import { wirePlan } from "./wire-plan.ts";

const missing = () => new ApiError(400, MESSAGES.restoreMissing);

const ANSWERS: ErrorAnswers = {
  NOT_FOUND: missing,
  INVALID_KEY: missing,
  INVALID_ARCHIVE: missing,
  NO_SPACE: withoutRoom,
  otherwise: MESSAGES.restoreFailed,
};

/** Says how much room is missing, where that was found before anything was fetched. */
function withoutRoom(error: StowageError): ApiError {
  if (error.reason !== "free-space") return new ApiError(400, MESSAGES.restoreFailed, { cause: error });
  return new ApiError(400, MESSAGES.restoreFailed, { data: { key: { code: "no_space", message: error.message } } });
}

/**
 * `POST /api/backups/{key}/restore`: answers when the archive has been judged and is being staged, or after the restore with
 * `waitForRestore`. A client that leaves does not stop it; how it ended is in the status. With `keepPrevious` another one is refused
 * until the application has confirmed the last one or rolled it back. With `?dryRun=1` nothing is restored, and what would happen is told.
 */
export async function restoreBackup(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  const { manager, key, options } = context;
  if (!isValidKey(key)) throw missing();
  if (isDryRun(context.url)) return planned(context);
  await answering<unknown>(ANSWERS, async () => {
    await assertNothingKept(context);
    return options.waitForRestore ? manager.restore(key, { keepPrevious: options.keepPrevious }) : judged(context);
  });
  return noContent();
}

async function planned({ manager, key, request, url }: RequestContext): Promise<Response> {
  const { signal } = request;
  const plan = await answering(ANSWERS, () => manager.restore(key, { dryRun: true, signal }));
  return jsonResponse(wirePlan(plan), url);
}

/** Throws 400 while the data that an earlier restore replaced is kept: what it is for would be lost. */
async function assertNothingKept({ manager }: RequestContext): Promise<void> {
  if (manager.status().active) return; // the restore itself says that it is busy
  if (await manager.keptPrevious()) throw new ApiError(400, MESSAGES.previousKept);
}

/** Starts a restore, and resolves when nothing in the archive speaks against it. */
async function judged({ manager, key, request, options }: RequestContext): Promise<void> {
  let isJudged = false;
  await new Promise<void>((resolve, reject) => {
    const onProgress = ({ phase }: Progress) => {
      if (phase === "judge") return;
      isJudged = true;
      resolve();
    };
    const report = (error: unknown) => (isJudged ? reportError(error, request, options.onError) : reject(error));
    manager.restore(key, { onProgress, keepPrevious: options.keepPrevious }).then(() => resolve(), report);
  });
}
