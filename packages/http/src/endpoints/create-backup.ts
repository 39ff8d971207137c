import { StowageError } from "@stowage/core";
import { ApiError } from "../api-error.ts";
import { assertAdmin } from "../authorize.ts";
import { bodyFields } from "../body-fields.ts";
import { MESSAGES } from "../documented-messages.ts";
import { answering, type ErrorAnswers } from "../error-answer.ts";
import { noContent } from "../json-response.ts";
import type { RequestContext } from "../request-context.ts";

const ANSWERS: ErrorAnswers = {
  INVALID_NAME: ({ reason }) =>
    reason === "length-out-of-range"
      ? invalidName("validation_length_out_of_range", "The length must be between 1 and 150.")
      : invalidName("validation_match_invalid", "Must be in a valid format."),
  ALREADY_EXISTS: () =>
    invalidName("validation_backup_name_exists", "The backup file name is invalid or already exists."),
  otherwise: MESSAGES.createFailed,
};

/** `POST /api/backups`: makes a backup, and answers when it is stored. A client that leaves does not stop it. */
export async function createBackup(context: RequestContext): Promise<Response> {
  await assertAdmin(context);
  const { manager, request } = context;
  return answering(ANSWERS, async () => {
    if (manager.status().active) throw new StowageError("BUSY", MESSAGES.busy); // before the name is looked at
    const name = nameIn(await bodyFields(request));
    await manager.create(name === undefined ? {} : { name });
    return noContent();
  });
}

/** The name asked for. None and an empty one are left to the manager. */
function nameIn({ name }: Readonly<Record<string, unknown>>): string | undefined {
  if (name === undefined || name === null || name === "") return undefined;
  if (typeof name === "string") return name;
  throw new ApiError(400, "An error occurred while loading the submitted data.");
}

function invalidName(code: string, message: string): ApiError {
  return new ApiError(400, MESSAGES.invalid, { data: { name: { code, message } } });
}
