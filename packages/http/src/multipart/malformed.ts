import { ApiError } from "../api-error.ts";
import { MESSAGES } from "../documented-messages.ts";

/** Characters of a field's name that an answer repeats. */
const MAX_NAME_LENGTH = 100;

/** Makes the refusal of a form of which one field is wrong. */
export function refusedField(name: string, code: string, message: string): ApiError {
  return new ApiError(400, MESSAGES.invalid, { data: { [name.slice(0, MAX_NAME_LENGTH)]: { code, message } } });
}

/** Makes the refusal of a body that is no form, or is cut off. `name` is the field in which that shows. */
export function malformed(cause?: unknown, name = "file"): ApiError {
  const { data } = refusedField(name, "validation_invalid_form", "The form is malformed or cut off.");
  return new ApiError(400, MESSAGES.invalid, { data, cause });
}

/** Makes the refusal of a form without a file. */
export function noFile(): ApiError {
  return refusedField("file", "validation_required", "Cannot be blank.");
}
