import type { RetentionPolicy } from "@stowage/core";
import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { bodyFields } from "../body-fields.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering, type ErrorAnswers } from "../error-answer.ts";
import { jsonResponse } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";
import { wireDate } from "../wire-date.ts";
import { isDryRun } from "./dry-run.ts";

const ANSWERS: ErrorAnswers = {
  INVALID_ARGUMENT: ({ message }) => {
    return new ApiError(400, MESSAGES.invalid, { data: { policy: { code: "validation_invalid_policy", message } } });
  },
  otherwise: MESSAGES.pruneFailed,
};

/** `POST /api/backups/prune`, with a policy: removes what no rule of it keeps, and tells why each stays or went. With `?dryRun=1` it only tells. */
export async function pruneBackups(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  const { manager, request, url } = context;
  const dryRun = isDryRun(url);
  const policy = Object.fromEntries(
    Object.entries(await bodyFields(request)).map(([name, value]) => [name, typed(value)]),
  );
  const report = await answering(ANSWERS, () => manager.prune(policy as RetentionPolicy, { dryRun }));
  const decisions = report.decisions.map(({ key, size, at, keep, reasons, destination }) => {
    return { key, size, at: wireDate(at), keep, reasons, ...(destination !== undefined && { destination }) };
  });
  return jsonResponse({ removed: report.removed, removedSize: report.removedSize, decisions }, url);
}

/** The field of a form is a text. */
function typed(value: unknown): unknown {
  if (value === "true" || value === "false") return value === "true";
  return typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value;
}
