import type { SeededRandom } from "@stowage/test-kit/random";
import { CronSchedule } from "../../src/schedule/cron.ts";
import { dueByModel, type Wall } from "./cron-model.ts";

export const ZONES = [
  ...["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"],
  ...["Africa/Casablanca", "America/Havana"],
];

const MINUTE_MS = 60_000;
const AROUND_CHANGE_MS = 6 * 60 * MINUTE_MS;

interface Compared {
  readonly differences: string[];
  /** How many answers were compared. */
  readonly count: number;
}

/**
 * Compares `next` and `previous` with the model: at each of its instants, or at some `most` of them if there are more, and of those around
 * changes of the clock at as many again.
 */
export function compare(
  expression: string,
  timezone: string,
  wall: Wall,
  random: SeededRandom,
  most: number,
): Compared {
  const due = dueByModel(expression, wall);
  const schedule = new CronSchedule(expression, { timezone });
  const near = new Set(
    due.filter((time) => wall.changes.some((change) => isNear(time, wall.from + change * MINUTE_MS))),
  );
  const differences: string[] = [];
  let count = 0;
  const expectSame = (question: string, asked: number, answer: Date | undefined, expected: number | undefined) => {
    if (expected === undefined) return; // outside of the days that the model knows
    count += 1;
    if (answer?.getTime() === expected) return;
    differences.push(
      `"${expression}" in ${timezone}: ${question} ${iso(asked)} is ${answer?.toISOString()}, not ${iso(expected)}`,
    );
  };
  for (const [index, time] of due.entries()) {
    if (random.next() >= most / (near.has(time) ? near.size : due.length)) continue;
    const [before, behind] = [due[index - 1], due[index + 1]];
    // Nothing of the milliseconds of a question may matter, nor where between two instants it is asked.
    const between = time + random.below((behind ?? time + MINUTE_MS) - time);
    expectSame("next after", time, schedule.next(new Date(time)), behind);
    expectSame("next after", between, schedule.next(new Date(between)), behind);
    expectSame("next after", time - 1, schedule.next(new Date(time - 1)), time);
    expectSame("previous of", time, schedule.previous(new Date(time)), time);
    expectSame("previous of", between, schedule.previous(new Date(between)), time);
    expectSame("previous of", time - 1, schedule.previous(new Date(time - 1)), before);
  }
  return { differences, count };
}

function isNear(time: number, change: number): boolean {
  return Math.abs(change - time) < AROUND_CHANGE_MS;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
