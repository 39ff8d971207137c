import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { SeededRandom } from "@stowage/test-kit/random";
import { Volume } from "memfs";
import { expect, it } from "vitest";
import { Filesystem, type FilesystemDriver, StowageError } from "../../src/index.ts";
import { GenerationLock } from "../../src/lock/generation-lock.ts";

const { signal } = new AbortController();
const PROCESSES = 3;
const TURNS = 6;

it("never do two hold the lock, and tokens rise, in whatever order the storage obeys its requests", {
  timeout: 60_000,
}, async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const { tokens, overlaps } = await race(seed);

    expect(overlaps, `seed ${seed}`).toBe(0);
    expect(tokens, `seed ${seed}`).toEqual(tokens.toSorted((left, right) => left - right));
    expect(new Set(tokens).size, `seed ${seed}`).toBe(PROCESSES * TURNS);
  }
});

/** Several take turns; each request is delayed, before and after it is obeyed, until chance picks it. */
async function race(seed: number) {
  const random = new SeededRandom(seed);
  const chance = lottery(random);
  const driver = new MemoryDriver({ volume: new Volume() });
  const result = { tokens: [] as number[], overlaps: 0 };
  let inside = 0;
  const contend = async () => {
    const lock = new GenerationLock(new Filesystem(delayed(driver, chance.wait)), { ttlMs: 3_600_000 });
    for (let turns = 0; turns < TURNS; ) {
      const held = await lock.acquire("race", "a.zip", signal).catch(ignoreBusy);
      if (!held) continue;
      turns += 1;
      result.tokens.push(held.token);
      if (++inside > 1) result.overlaps += 1;
      await chance.wait();
      inside -= 1;
      await held.release();
    }
  };
  await chance.drawUntil(Promise.all(Array.from({ length: PROCESSES }, contend)));
  return result;
}

/** Lets one waiter go on at a time. One in eight is passed over for long: a process that sleeps, a request that lands late. */
function lottery(random: SeededRandom) {
  const waiters: { goOn: () => void; patience: number }[] = [];
  const wait = () =>
    new Promise<void>((goOn) => {
      waiters.push({ goOn, patience: random.next() < 0.125 ? Math.floor(random.next() * 200) : 0 });
    });
  return {
    wait,
    async drawUntil(work: Promise<unknown>): Promise<void> {
      let isOver = false;
      const end = work.finally(() => {
        isOver = true;
      });
      while (!isOver) {
        for (const waiter of waiters) waiter.patience -= 1;
        const ready = waiters.filter(({ patience }) => patience < 0);
        const [chosen] = ready.splice(Math.floor(random.next() * ready.length), 1);
        if (chosen) waiters.splice(waiters.indexOf(chosen), 1);
        chosen?.goOn();
        await turnOfTheLoop();
      }
      await end;
    },
  };
}

function delayed(driver: FilesystemDriver, wait: () => Promise<void>): FilesystemDriver {
  const around = async <T>(call: () => Promise<T>): Promise<T> => {
    await wait();
    const result = await call();
    await wait();
    return result;
  };
  return wrapDriver(driver, {
    list: (options) => around(() => driver.list(options)),
    read: (key, options) => around(() => driver.read(key, options)),
    write: (key, content, options) => around(() => driver.write(key, content, options)),
    delete: (key, options) => around(() => driver.delete(key, options)),
  });
}

function ignoreBusy(error: unknown): undefined {
  if (!(error instanceof StowageError) || error.code !== "BUSY") throw error;
}
