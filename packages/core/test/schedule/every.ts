import type { Timetable } from "../../src/schedule/scheduler.ts";

const SECOND = 1_000;

/** Whole seconds, so many apart, of which `from` is one. */
export function every(seconds: number, from = 0): Timetable {
  const step = seconds * SECOND;
  const before = (time: Date) => from + Math.floor((time.getTime() - from) / step) * step;
  return { next: (after) => new Date(before(after) + step), previous: (time) => new Date(before(time)) };
}

/** Some minutes ago, so that no other instant of an hourly timetable comes during a test. */
export function someMinutesAgo(): Date {
  return new Date(Math.floor(Date.now() / SECOND) * SECOND - 600 * SECOND);
}
