/** What an option must be. */
export interface OptionRule {
  /** In words that follow "not": "a function". */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

/** A rule for a value that has one way to be written, such as in a URL. */
export interface TextRule extends OptionRule {
  /** Nothing for a text that is no such value. `accepts` still has to judge what comes out. */
  readonly fromText: (text: string) => unknown;
}

/** What each option of a call must be. */
export type OptionRules<Options> = { readonly [Name in keyof Options]-?: OptionRule };

/** The longest time of a timer of Node, in milliseconds. A longer one is over at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What a URL or a shell would read in another way. As a path it would be a folder of that name below the working directory. */
const NO_PATH = /^(~(\/|$)|[a-z][a-z0-9+.-]*:\/\/)/i;

function makeRule(expected: string, accepts: (value: unknown) => boolean): OptionRule {
  return { expected, accepts };
}

/** A text as it stands, unless it is empty. */
export const asText = (text: string): unknown => text || undefined;

/** Digits, or "Infinity". */
export const asNumber = (text: string): unknown => (/^(\d{1,15}|Infinity)$/.test(text) ? Number(text) : undefined);

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

/** The rules that options share. */
export const rule = Object.freeze({
  /** For a value that is judged elsewhere. */
  anything: makeRule("anything", () => true),
  flag: {
    expected: "true or false",
    accepts: (value: unknown) => typeof value === "boolean",
    fromText: (text: string): unknown => FLAGS.get(text),
  },
  text: {
    expected: "a text of one character or more",
    accepts: (value: unknown) => typeof value === "string" && value !== "",
    fromText: asText,
  },
  path: makeRule("a path; neither ~ nor a URL is one", isPath),
  callback: makeRule("a function", (value) => typeof value === "function"),
  object: makeRule("an object", (value) => typeof value === "object" && value !== null),
  signal: makeRule("an AbortSignal", (value) => value instanceof AbortSignal),
  /** For what a timer waits. */
  timerMs: (least: number) => wholeNumber(least, LONGEST_TIMER_MS),
  milliseconds: {
    expected: "a number of milliseconds from 0 on",
    accepts: (value: unknown) => typeof value === "number" && value >= 0,
    fromText: asNumber,
  },
  oneOf: (...words: readonly string[]): TextRule => ({
    expected: `one of ${words.map((word) => JSON.stringify(word)).join(", ")}`,
    accepts: (value) => words.includes(value as string),
    fromText: asText,
  }),
  wholeNumber,
  timeZone: makeRule('a time zone of IANA, such as "Europe/Berlin"', isTimeZone),
});

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): TextRule {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  return {
    expected: `a whole number ${range}`,
    accepts: (value) => Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most,
    fromText: asNumber,
  };
}

function isPath(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes("\0") && !NO_PATH.test(value);
}

function isTimeZone(value: unknown): boolean {
  if (typeof value !== "string" || value === "") return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }) !== undefined;
  } catch {
    return false;
  }
}
