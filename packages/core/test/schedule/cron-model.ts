const MINUTE_MS = 60_000;

/** What the clock on the wall shows in a zone, minute for minute, as Intl tells it. */
export interface Wall {
  /** The first minute, in milliseconds since 1970. */
  readonly from: number;
  /** Of each minute from there on: the date and time shown, as if they were of UTC, in milliseconds. */
  readonly shown: Float64Array;
  /** The minutes at which the clock was set. */
  readonly changes: readonly number[];
}

export function wallOf(timeZone: string, from: number, days: number): Wall {
  const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "short" });
  const shown = new Float64Array(days * 1440);
  const changes: number[] = [];
  for (let minute = 0; minute < shown.length; minute++) {
    shown[minute] = Date.parse(`${format.format(from + minute * MINUTE_MS).replace(" ", "T")}Z`);
    if (minute > 0 && shownAt(shown, minute) - shownAt(shown, minute - 1) !== MINUTE_MS) changes.push(minute);
  }
  return { from, shown, changes };
}

/**
 * The instants of an expression, in milliseconds: a minute is one if the clock shows, or has gone past, a time that the expression names
 * and that it never showed or went past before. Of an expression for every hour: if the clock shows such a time, no matter what was before.
 */
export function dueByModel(expression: string, { from, shown }: Wall): number[] {
  const isNamed = namedBy(expression);
  const isOfEveryHour = Array.from({ length: 24 }, (_, hour) => hour).every((hour) =>
    fits(hour, hourOf(expression), 0, 23),
  );
  const due: number[] = [];
  let latest = shownAt(shown, 0);
  for (let minute = 1; minute < shown.length; minute++) {
    const time = shownAt(shown, minute);
    let isDue = isOfEveryHour && isNamed(time);
    for (let passed = latest + MINUTE_MS; passed <= time && !isOfEveryHour && !isDue; passed += MINUTE_MS)
      isDue = isNamed(passed);
    latest = Math.max(latest, time);
    if (isDue) due.push(from + minute * MINUTE_MS);
  }
  return due;
}

function namedBy(expression: string): (time: number) => boolean {
  const [minutes = "", hours = "", days = "", months = "", weekdays = ""] = expression.split(" ");
  const minute = tableOf(minutes, 0, 59);
  const hour = tableOf(hours, 0, 23);
  const day = tableOf(days, 1, 31);
  const month = tableOf(months, 1, 12);
  const weekday = tableOf(weekdays, 0, 6);
  return (time) => {
    if (!minute[Math.floor(time / MINUTE_MS) % 60] || !hour[Math.floor(time / (60 * MINUTE_MS)) % 24]) return false;
    const date = new Date(time);
    return Boolean(day[date.getUTCDate()] && month[date.getUTCMonth() + 1] && weekday[date.getUTCDay()]);
  };
}

function tableOf(field: string, least: number, most: number): boolean[] {
  return Array.from({ length: most + 1 }, (_, value) => value >= least && fits(value, field, least, most));
}

function fits(value: number, field: string, least: number, most: number): boolean {
  return field.split(",").some((item) => {
    const [range = "", step = "1"] = item.split("/");
    const [first = "", last = first] = range === "*" ? [`${least}`, `${most}`] : range.split("-");
    return value >= Number(first) && value <= Number(last) && (value - Number(first)) % Number(step) === 0;
  });
}

function hourOf(expression: string): string {
  return expression.split(" ")[1] ?? "";
}

function shownAt(shown: Float64Array, minute: number): number {
  return shown[minute] ?? Number.NaN;
}
