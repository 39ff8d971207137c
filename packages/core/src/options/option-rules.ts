/** What an option must be. */
export interface OptionRule {
  /** In words that follow "not": "a function". */
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
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

/** The rules that options share. */
export const rule = Object.freeze({
  /** For a value that is judged elsewhere. */
  anything: makeRule("anything", () => true),
  flag: makeRule("true or false", (value) => typeof value === "boolean"),
  text: makeRule("a text of one character or more", (value) => typeof value === "string" && value !== ""),
  path: makeRule("a path; neither ~ nor a URL is one", isPath),
  callback: makeRule("a function", (value) => typeof value === "function"),
  object: makeRule("an object", (value) => typeof value === "object" && value !== null),
  signal: makeRule("an AbortSignal", (value) => value instanceof AbortSignal),
  /** For what a timer waits. */
  timerMs: (least: number) => wholeNumber(least, LONGEST_TIMER_MS),
  milliseconds: makeRule("a number of milliseconds from 0 on", (value) => typeof value === "number" && value >= 0),
  oneOf: (...words: readonly string[]) => {
    return makeRule(`one of ${words.map((word) => JSON.stringify(word)).join(", ")}`, (value) =>
      words.includes(value as string),
    );
  },
  wholeNumber,
  timeZone: makeRule('a time zone of IANA, such as "Europe/Berlin"', isTimeZone),
});

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): OptionRule {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least} on` : `from ${least} to ${most}`;
  return makeRule(`a whole number ${range}`, (value) => {
    return Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most;
  });
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
