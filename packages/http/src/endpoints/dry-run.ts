import { ApiError } from "../api-error.ts";
import { MESSAGES } from "../documented-messages.ts";

/** Whether a request says `?dryRun=1`. What was meant to be a plan cannot be taken back: whatever is not written as it must be is refused. */
export function isDryRun({ searchParams }: URL): boolean {
  const names = [...searchParams.keys()].filter((name) => /^dryrun/.test(name.toLowerCase().replace(/[^a-z]/g, "")));
  if (names.length === 0) return false;
  const value = names.length === 1 && names[0] === "dryRun" ? (searchParams.get("dryRun") ?? "") : "";
  if (value === "1" || value === "true") return true;
  if (value === "0" || value === "false") return false;
  throw new ApiError(400, MESSAGES.invalid, {
    data: { dryRun: { code: "validation_invalid_value", message: "Must be 1 or 0." } },
  });
}
