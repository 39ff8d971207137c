import { StowageError } from "../errors.ts";
import { assertOptions, type OptionsContext } from "../options/assert-options.ts";
import { type OptionRule, type OptionRules, rule } from "../options/option-rules.ts";
import type { CallContext } from "./calls.ts";
import type { SignUrlOptions } from "./driver.ts";
import type { ListOptions, SignalOption } from "./filesystem-options.ts";
import type { ReadIntoOptions } from "./fill-memory.ts";
import type { ReadRange } from "./read-range.ts";
import { inContext } from "./wrap-error.ts";
import type { WriteOptions } from "./write-rules.ts";

type Rules = Readonly<Record<string, OptionRule>>;

const SIGNAL: OptionRules<SignalOption> = { signal: rule.signal };
const LIST: OptionRules<ListOptions> = { ...SIGNAL, prefix: rule.anything, pageSize: rule.anything };
const READ: OptionRules<ReadRange & SignalOption> = { ...SIGNAL, start: rule.anything, end: rule.anything };
const READ_INTO: OptionRules<ReadIntoOptions & SignalOption> = {
  ...SIGNAL,
  start: rule.anything,
  check: rule.callback,
};
const WRITE: OptionRules<WriteOptions> = {
  ...SIGNAL,
  size: rule.anything,
  sizeBound: rule.anything,
  ifNotExists: rule.flag,
  contentType: rule.text,
};
const SIGN: OptionRules<SignUrlOptions & SignalOption> = {
  ...SIGNAL,
  expiresInMs: rule.anything,
  filename: rule.text,
};

const RULES = {
  open: SIGNAL,
  stat: SIGNAL,
  exists: SIGNAL,
  list: LIST,
  read: READ,
  readInto: READ_INTO,
  write: WRITE,
  delete: SIGNAL,
  signUrl: SIGN,
} satisfies Readonly<Record<string, Rules>>;

const REQUIRED: Partial<Record<keyof typeof RULES, readonly string[]>> = {
  readInto: ["start"],
  signUrl: ["expiresInMs"],
};

/** Checks the options of a method, and returns what its errors and its call go by. */
export function callContext<Options extends SignalOption>(
  operation: keyof typeof RULES,
  options: Options,
  key?: string,
): CallContext {
  const where = { operation: operation === "readInto" ? "read" : operation, key };
  const context: OptionsContext = { code: "INVALID_ARGUMENT", required: REQUIRED[operation] ?? [] };
  checked(where, () => assertOptions(options, RULES[operation], context));
  return { ...where, signal: options.signal };
}

/** Runs checks that do no I/O, so that their errors name the operation and the key. */
export function checked<T>(context: CallContext, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof StowageError ? inContext(error, context) : error;
  }
}
