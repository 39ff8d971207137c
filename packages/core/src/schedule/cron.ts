import { Cron } from "croner";
import { StowageError } from "../errors.ts";
import { rule } from "../options/option-rules.ts";
import { type CronFields, cronFieldsOf } from "./cron-fields.ts";

const HOURS_OF_DAY = 24;

/**
 * The instants that a cron expression names, in a time zone. The fields are those of PocketBase: a day must fit the day of the month and
 * the weekday too. Asks no clock.
 *
 * Where the clock of the zone is changed, each time that the expression names comes once: one that is skipped at the first instant behind
 * the gap, together with all that are skipped with it, and one that comes twice at the first time. An expression that names every hour
 * goes on hour by hour instead: it comes in both of the hours that have one name, and not for a time that is skipped. So does cron of
 * Debian. (A day that a zone left out, as Samoa did when it went over the date line, comes not at all.)
 */
export class CronSchedule {
  readonly #cron: Cron;

  /** Throws `INVALID_ARGUMENT` for an expression that is none or never comes, and for an unknown time zone. */
  constructor(expression: string, { timezone = "UTC" }: { readonly timezone?: string | undefined } = {}) {
    const pattern = patternOf(cronFieldsOf(expression));
    if (!rule.timeZone.accepts(timezone)) {
      throw new StowageError("INVALID_ARGUMENT", `timezone: not ${rule.timeZone.expected}`);
    }
    this.#cron = new Cron(pattern, { timezone, domAndDow: true, mode: "5-part", fixedTimeRule: "no-wildcard" });
  }

  /** The first instant behind `after`. Undefined if there is none up to the end of the calendar. */
  next(after: Date): Date | undefined {
    return this.#cron.nextRun(after) ?? undefined;
  }

  /** The last instant up to `before`, itself included. */
  previous(before: Date): Date | undefined {
    const [last] = this.#cron.previousRuns(1, secondBehind(before));
    return last;
  }
}

/** Written out by values: croner tells by the spelling whether every hour is meant, and takes steps for that. */
function patternOf({ minutes, hours, days, months, weekdays }: CronFields): string {
  const everyHour = hours.length === HOURS_OF_DAY;
  return [minutes, everyHour ? ["*"] : hours, days, months, weekdays].map((values) => values.join(",")).join(" ");
}

/** croner counts whole seconds, and looks for what is before one. */
function secondBehind(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000 + 1000);
}
