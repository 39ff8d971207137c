/** Names the period of some length that a time lies in. Two times are in one period if its names are equal. */
type PeriodOf = (time: Date) => string;

export interface Periods {
  readonly hour: PeriodOf;
  readonly day: PeriodOf;
  readonly week: PeriodOf;
  readonly month: PeriodOf;
  readonly year: PeriodOf;
}

const DAY_MS = 86_400_000;

/** The periods of a time zone. Where a clock is set back, the hour that comes twice is two: by its distance from UTC. */
export function periodsIn(timeZone: string): Periods {
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, calendar: "iso8601", hourCycle: "h23", timeZoneName: "longOffset" },
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit" },
  });
  const partsOf = (time: Date) =>
    Object.fromEntries(format.formatToParts(time).map(({ type, value }) => [type, value]));
  const day: PeriodOf = (time) => {
    const { year, month, day: date } = partsOf(time);
    return `${year}-${month}-${date}`;
  };
  return {
    hour: (time) => `${day(time)} ${partsOf(time).hour}h ${partsOf(time).timeZoneName}`,
    day,
    week: (time) => isoWeek(day(time)),
    month: (time) => day(time).slice(0, -3),
    year: (time) => day(time).slice(0, -6),
  };
}

/** The week of ISO 8601 of a date: the one of its Thursday, counted in the year of that. */
function isoWeek(date: string): string {
  const start = new Date(`${date}T00:00:00Z`);
  const thursday = new Date(start.getTime() + (4 - (start.getUTCDay() || 7)) * DAY_MS);
  const year = thursday.getUTCFullYear();
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * DAY_MS)) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}
