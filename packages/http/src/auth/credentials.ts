import { ApiError, type FieldProblem } from "../api-error.ts";
import { bodyFields } from "../body-fields.ts";
import { fitsPassword, MAX_PASSWORD_SIZE } from "./password-hash.ts";

/** Who somebody says to be, and the proof. */
export interface Credentials {
  readonly identity: string;
  readonly password: string;
}

/** Characters, as in PocketBase. */
const MAX_IDENTITY_LENGTH = 255;

/** Reads the body of a log-in. Throws an `ApiError`; `invalidMessage` is its message when a field is missing or too long. */
export async function readCredentials(request: Request, invalidMessage: string): Promise<Credentials> {
  const fields = await bodyFields(request);
  const identity = textOf(fields.identity);
  const password = textOf(fields.password);
  const data = {
    ...problem("identity", identity, { fits: identity.length <= MAX_IDENTITY_LENGTH, max: MAX_IDENTITY_LENGTH }),
    ...problem("password", password, { fits: fitsPassword(password), max: MAX_PASSWORD_SIZE }),
  };
  if (Object.keys(data).length > 0) throw new ApiError(400, invalidMessage, { data });
  return { identity, password };
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "string") return value;
  throw new ApiError(400, "An error occurred while loading the submitted data.");
}

function problem(
  name: keyof Credentials,
  value: string,
  { fits, max }: { fits: boolean; max: number },
): Record<string, FieldProblem> {
  if (value === "") return { [name]: { code: "validation_required", message: "Cannot be blank." } };
  const message = `The length must be between 1 and ${max}.`;
  return fits ? {} : { [name]: { code: "validation_length_out_of_range", message } };
}
