import { StowageError } from "../errors.ts";
import { assertValidKey } from "../filesystem/key.ts";
import { assertOptions } from "../options/assert-options.ts";
import { type OptionRules, rule } from "../options/option-rules.ts";
import type { CopyOptions } from "./copy-report.ts";

const COPY: OptionRules<CopyOptions> = {
  keys: { expected: "a list of keys", accepts: (value) => Array.isArray(value) },
  latest: rule.wholeNumber(1),
  signal: rule.signal,
  onProgress: rule.callback,
};

/** Throws `INVALID_ARGUMENT` or `INVALID_KEY` for options that are wrong. */
export function assertCopyOptions(options: CopyOptions): void {
  assertOptions(options, COPY, { code: "INVALID_ARGUMENT", example: 'copyBackups(from, to, { keys: ["x.zip"] })' });
  const { keys, latest } = options;
  for (const key of keys ?? []) assertValidKey(key);
  if (keys === undefined || latest === undefined) return;
  throw new StowageError("INVALID_ARGUMENT", "latest: not beside keys, which say already what is copied");
}
