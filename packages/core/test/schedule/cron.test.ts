import { SeededRandom } from "@stowage/test-kit/random";
import { describe, expect, it } from "vitest";
import { CronSchedule } from "../../src/schedule/cron.ts";
import { compare, ZONES } from "./cron-comparison.ts";
import { CHOSEN_EXPRESSIONS } from "./cron-expressions.ts";
import { wallOf } from "./cron-model.ts";

/** The days around changes of the clock in 2026. */
const CHANGES: Readonly<Record<string, readonly string[]>> = {
  "Europe/Berlin": ["2026-03-28", "2026-10-24"],
  "America/New_York": ["2026-03-07", "2026-10-31"],
  "Australia/Lord_Howe": ["2026-04-03", "2026-10-02"],
  "Africa/Casablanca": ["2026-02-14", "2026-03-21"],
};

it.each(ZONES)("in %s, expressions come as in the model around changes of the clock", (zone) => {
  const random = new SeededRandom(16);
  for (const day of CHANGES[zone] ?? ["2026-10-30"]) {
    const wall = wallOf(zone, Date.parse(day), 3);
    for (const expression of CHOSEN_EXPRESSIONS) {
      expect(compare(expression, zone, wall, random, 1).differences).toEqual([]);
    }
  }
});

function instants(expression: string, timezone: string, after: string, count: number): string[] {
  const schedule = new CronSchedule(expression, { timezone });
  const found: string[] = [];
  for (let time = schedule.next(new Date(after)); time && found.length < count; time = schedule.next(time)) {
    found.push(time.toISOString().slice(0, 16));
  }
  return found;
}

describe("where the clock is changed in Berlin", () => {
  it("a time that is skipped comes once, when the gap is over", () => {
    expect(instants("*/30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", 2)).toEqual([
      "2026-03-29T01:00",
      "2026-03-30T00:00",
    ]);
  });

  it("a time that comes twice comes at the first", () => {
    expect(instants("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", 2)).toEqual([
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
  });

  it("an hourly schedule goes on hour by hour", () => {
    expect(instants("5 * * * *", "Europe/Berlin", "2026-10-24T23:30Z", 3)).toEqual([
      "2026-10-25T00:05",
      "2026-10-25T01:05",
      "2026-10-25T02:05",
    ]);
    expect(instants("5 0-23 * * *", "Europe/Berlin", "2026-03-29T00:00Z", 2)).toEqual([
      "2026-03-29T00:05",
      "2026-03-29T01:05",
    ]);
  });
});

it("is of UTC where no zone is named", () => {
  expect(new CronSchedule("30 2 * * *").next(new Date("2026-03-29T00:00Z"))).toEqual(new Date("2026-03-29T02:30Z"));
});

it("what comes seldom is found, on each weekday, backwards too", () => {
  for (let weekday = 0; weekday <= 6; weekday++) {
    const schedule = new CronSchedule(`0 0 29 2 ${weekday}`);
    const next = schedule.next(new Date("2072-03-01T00:00Z"));
    expect(next?.toISOString()).toMatch(/^2\d\d\d-02-29T00:00/);
    expect(next?.getUTCDay()).toBe(weekday);
    expect(schedule.previous(new Date((next?.getTime() ?? 0) + 90_000_000))).toEqual(next);
  }
});

it.each([
  ["@yearly", "0 0 1 1 *"],
  ["@annually", "0 0 1 1 *"],
  ["@monthly", "0 0 1 * *"],
  ["@weekly", "0 0 * * 0"],
  ["@daily", "0 0 * * *"],
  ["@midnight", "0 0 * * *"],
  ["@hourly", "0 * * * *"],
])("%s is %s", (macro, expression) => {
  expect(instants(macro, "UTC", "2026-03-28T12:00Z", 20)).toEqual(instants(expression, "UTC", "2026-03-28T12:00Z", 20));
});

it.each([
  ["0 0 * * 7", 'a weekday is 0 to 6, not "7"'],
  ["0 0 * * mon", '"mon" is no weekday'],
  ["0 0 * jan *", '"jan" is no month'],
  ["0 0 L * *", '"L" is no day of the month'],
  ["0 0 1W * *", '"1W" is no day of the month'],
  ["0 0 * * 1#2", '"1#2" is no weekday'],
  ["0 0 ? * *", '"?" is no day of the month'],
  ["0 0 0 * *", 'a day of the month is 1 to 31, not "0"'],
  ["0 0 * 13 *", 'a month is 1 to 12, not "13"'],
  ["60 * * * *", 'a minute is 0 to 59, not "60"'],
  ["0 24 * * *", 'an hour is 0 to 23, not "24"'],
  ["-1 * * * *", '"-1" is no minute'],
  ["50-10 * * * *", 'the range "50-10" of its minute ends before it begins'],
  ["5/15 * * * *", 'write 5-59/15 for "5/15"'],
  ["*/60 * * * *", 'the step of a minute is 1 to 59, not "60"'],
  ["*/0 * * * *", 'the step of a minute is 1 to 59, not "0"'],
  ["*-5 * * * *", '"*-5" is no minute'],
  ["1,,2 * * * *", '"" is no minute'],
  ["* * * *", "not five fields"],
  ["0 * * * * *", "not five fields"],
  ["0  0 * * *", "with one space between them"],
  [" 0 0 * * *", "with one space between them"],
  ["0 0 * * ", "with one space between them"],
  ["", "not five fields"],
  ["@reboot", "no such macro; there are @yearly"],
  ["@Daily", "no such macro"],
  ["0 0 30 2 *", "never comes"],
  ["0 0 31 2,4,6,9,11 *", "never comes"],
  [undefined, "not a text"],
  [Number.NaN, "not a text"],
])("%j is refused: %s", (expression, why) => {
  const make = () => new CronSchedule(expression as string);

  expect(make).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(make).toThrow(why);
  expect(make).toThrow('"30 3 * * *" is every day at 3:30');
});

it.each(["Mars/Olympus", "", null, 7])("the time zone %j is refused", (timezone) => {
  const make = () => new CronSchedule("@daily", { timezone: timezone as string });

  expect(make).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  expect(make).toThrow("timezone: not a time zone of IANA");
});
