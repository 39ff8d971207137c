import { setImmediate } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Clock, Scheduler, type Timetable } from "../../src/schedule/scheduler.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = Date.UTC(2026, 0, 1, 0, 0, 30);

/** Every whole hour, for ever. */
const HOURLY: Timetable = {
  next: (after) => new Date((Math.floor(after.getTime() / HOUR) + 1) * HOUR),
  previous: (before) => new Date(Math.floor(before.getTime() / HOUR) * HOUR),
};

/** A clock that runs as fast as it is asked, and that somebody may set. */
class FakeClock implements Clock {
  time = START;
  longestSleep = 0;
  /** What happens to the clock while it is slept through: by how much it jumps from some time on. */
  readonly jumps: { readonly from: number; readonly by: number }[];

  constructor(jumps: { from: number; by: number }[] = []) {
    this.jumps = jumps;
  }

  now(): number {
    return this.time;
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    await setImmediate();
    signal.throwIfAborted();
    this.longestSleep = Math.max(this.longestSleep, ms);
    this.time += ms;
    const [jump] = this.jumps;
    if (!jump || this.time < jump.from) return;
    this.jumps.shift();
    this.time += jump.by;
  }
}

interface Ran {
  readonly at: string;
  readonly missed: number;
}

/** Runs until `end` on the clock. */
async function runUntil(end: number, clock: FakeClock, during: () => void = () => {}, from?: Date): Promise<Ran[]> {
  const ran: Ran[] = [];
  const run = async (instant: Date, missed: number) => {
    ran.push({ at: instant.toISOString().slice(5, 16), missed });
    during();
  };
  const scheduler = new Scheduler({ timetable: HOURLY, run, clock }, from);
  while (clock.now() < end) await setImmediate();
  await scheduler.stop();
  return ran;
}

it("runs at every instant once, and looks at the clock every half minute", async () => {
  const clock = new FakeClock();

  const ran = await runUntil(START + 5 * HOUR, clock);

  expect(ran).toEqual([1, 2, 3, 4, 5].map((hour) => ({ at: `01-01T0${hour}:00`, missed: 0 })));
  expect(clock.longestSleep).toBe(30_000);
});

it("makes up for the newest of the instants that passed while the host slept, and says how many passed", async () => {
  const clock = new FakeClock([{ from: START + 90 * MINUTE, by: 5 * HOUR + 20 * MINUTE }]);

  const ran = await runUntil(START + 8 * HOUR, clock);

  expect(ran.map(({ at, missed }) => [at, missed])).toEqual([
    ["01-01T01:00", 0],
    ["01-01T06:00", 4],
    ["01-01T07:00", 0],
    ["01-01T08:00", 0],
  ]);
});

it("runs none twice when the clock is set back", async () => {
  const clock = new FakeClock([{ from: START + 3 * HOUR, by: -2 * HOUR }]);

  const ran = await runUntil(START + 4 * HOUR, clock);

  expect(ran.map(({ at }) => at)).toEqual(["01-01T01:00", "01-01T02:00", "01-01T03:00", "01-01T04:00"]);
});

it("goes on where a clock that was years ahead is set right", async () => {
  const clock = new FakeClock([{ from: START + 90 * MINUTE, by: -3650 * 24 * HOUR }]);
  clock.time = START;

  const ran: Ran[] = [];
  const run = async (instant: Date, missed: number) =>
    void ran.push({ at: instant.toISOString().slice(0, 13), missed });
  const scheduler = new Scheduler({ timetable: HOURLY, run, clock });
  while (ran.length < 3) await setImmediate();
  await scheduler.stop();

  expect(ran.map(({ at, missed }) => [at, missed])).toEqual([
    ["2026-01-01T01", 0],
    ["2016-01-04T02", 0],
    ["2016-01-04T03", 0],
  ]);
});

it("runs one at a time: of the instants that pass during a run the newest comes next", async () => {
  const clock = new FakeClock();
  let isFirst = true;
  const during = () => {
    if (isFirst) clock.time += 3.5 * HOUR;
    isFirst = false;
  };

  const ran = await runUntil(START + 6 * HOUR, clock, during);

  expect(ran.map(({ at, missed }) => [at, missed])).toEqual([
    ["01-01T01:00", 0],
    ["01-01T04:00", 2],
    ["01-01T05:00", 0],
    ["01-01T06:00", 0],
  ]);
});

it("makes up for what passed since a time that it is given", async () => {
  const ran = await runUntil(START + HOUR, new FakeClock(), () => {}, new Date(START - 3 * HOUR));

  expect(ran.map(({ at, missed }) => [at, missed])).toEqual([
    ["01-01T00:00", 2],
    ["01-01T01:00", 0],
  ]);
});

it("tells a run that it stops, and waits for it", async () => {
  const clock = new FakeClock();
  let hasEnded = false;
  let begun = () => {};
  const running = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const run = async (_instant: Date, _missed: number, signal: AbortSignal) => {
    begun();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    await setImmediate();
    hasEnded = true;
  };
  const scheduler = new Scheduler({ timetable: HOURLY, run, clock });
  await running;
  expect(scheduler.next).toEqual(new Date("2026-01-01T02:00:00Z"));

  await scheduler.stop();

  expect(hasEnded).toBe(true);
  expect(scheduler.next).toBeUndefined();
});

it("waits for good where no instant comes", async () => {
  const never: Timetable = { next: () => undefined, previous: () => undefined };
  const clock = new FakeClock();
  const scheduler = new Scheduler({ timetable: never, run: () => Promise.reject(new Error("nothing is due")), clock });
  while (clock.now() < START + HOUR) await setImmediate();

  expect(scheduler.next).toBeUndefined();
  await scheduler.stop();
});
