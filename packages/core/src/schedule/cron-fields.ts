import { StowageError } from "../errors.ts";

/** The values that each field of an expression names, ascending. */
export interface CronFields {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: readonly number[];
  readonly months: readonly number[];
  /** 0 is Sunday. */
  readonly weekdays: readonly number[];
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

const FIELDS: readonly Field[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12 },
  { name: "weekday", least: 0, most: 6 },
];

const MACROS: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

const EXAMPLE = '"30 3 * * *" is every day at 3:30, "0 4 * * 0" every Sunday at 4:00';
const LONGEST_SHOWN = 60;
const DAYS_OF_MONTHS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * Reads an expression as PocketBase does (tools/cron/schedule.go): five fields with one space between them, or a macro. A field is a
 * list of `*`, numbers and ranges; `*` and ranges may have a step. Throws `INVALID_ARGUMENT` for any other, and for one that never comes.
 */
export function cronFieldsOf(expression: unknown): CronFields {
  if (typeof expression !== "string") throw new StowageError("INVALID_ARGUMENT", `cron: not a text; ${EXAMPLE}`);
  const texts = textsOf(expression);
  const [minutes, hours, days, months, weekdays] = FIELDS.map((field, index) => {
    return valuesOf(texts[index] ?? "", field, expression);
  }) as [number[], number[], number[], number[], number[]];
  if (!months.some((month) => days.some((day) => day <= (DAYS_OF_MONTHS[month - 1] ?? 0)))) {
    throw invalid(expression, "none of its months has such a day, so that it never comes");
  }
  return { minutes, hours, days, months, weekdays };
}

function textsOf(expression: string): string[] {
  const macro = Object.hasOwn(MACROS, expression) ? MACROS[expression] : undefined;
  if (macro === undefined && expression.startsWith("@")) {
    throw invalid(expression, `no such macro; there are ${Object.keys(MACROS).join(", ")}`);
  }
  const texts = (macro ?? expression).split(" ");
  if (texts.length === FIELDS.length && !texts.includes("")) return texts;
  const names = FIELDS.map(({ name }) => name).join(", ");
  throw invalid(expression, `not five fields (${names}) with one space between them`);
}

function valuesOf(text: string, field: Field, expression: string): number[] {
  const values = new Set<number>();
  for (const item of text.split(",")) {
    const { first, last, step } = rangeOf(item, field, expression);
    for (let value = first; value <= last; value += step) values.add(value);
  }
  return [...values].sort((left, right) => left - right);
}

function rangeOf(item: string, field: Field, expression: string): { first: number; last: number; step: number } {
  const { name, least, most } = field;
  const [, from, to, by] = /^(\*|\+?\d+)(?:-(\+?\d+))?(?:\/(\+?\d+))?$/.exec(item) ?? [];
  if (from === undefined || (from === "*" && to !== undefined)) {
    throw invalid(
      expression,
      `${shown(item)} is no ${name}; write *, 5, 5-10, */2, 5-10/2 or a list of them, with numbers alone`,
    );
  }
  const step = Number(by ?? 1);
  if (step < 1 || step > most)
    throw invalid(expression, `the step of ${article(name)} ${name} is 1 to ${most}, not ${shown(String(by))}`);
  if (from === "*") return { first: least, last: most, step };
  const [first, last] = [Number(from), Number(to ?? from)];
  if (first < least || last > most)
    throw invalid(expression, `${article(name)} ${name} is ${least} to ${most}, not ${shown(item)}`);
  if (first > last) throw invalid(expression, `the range ${shown(item)} of its ${name} ends before it begins`);
  if (to === undefined && step > 1) {
    throw invalid(expression, `a step needs * or a range before it; write ${first}-${most}/${step} for ${shown(item)}`);
  }
  return { first, last, step };
}

function invalid(expression: string, why: string): StowageError {
  return new StowageError("INVALID_ARGUMENT", `cron ${shown(expression)}: ${why}; ${EXAMPLE}`);
}

function shown(text: string): string {
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

function article(name: string): string {
  return name === "hour" ? "an" : "a";
}
