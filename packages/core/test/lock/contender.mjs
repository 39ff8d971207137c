// One of many processes that contend for a lock. Writes a line per event, in one write each, so that lines never mix:
// `enter <token> <nanoseconds>`, `leave …`, and `die …` before it kills itself in the middle of its turn.
import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const [lockModule, localModule, directory, log, ttlMs, durationMs, deathRate, seed, host] = process.argv.slice(2);
const { GenerationLock } = await import(lockModule);
const { currentProcess } = await import(lockModule.replace("generation-lock", "process-identity"));
const { localFilesystem } = await import(localModule);

const filesystem = localFilesystem({ directory });
const self = await currentProcess();
const identify = async () => (host === "" ? self : { ...self, host });
const lock = new GenerationLock(filesystem, { ttlMs: Number(ttlMs), identify });
const { signal } = new AbortController();
const random = seeded(Number(seed));
const endsAt = performance.now() + Number(durationMs);

while (performance.now() < endsAt) {
  const held = await lock.acquire("race", "a.zip", signal).catch(ignoreBusy);
  if (held) await takeTurn(held);
  await delay(random() * 30);
}
await filesystem.close();

async function takeTurn(held) {
  try {
    await held.confirm(signal);
  } catch {
    return held.release();
  }
  note("enter", held.token);
  await delay(random() * 10);
  if (random() < Number(deathRate)) {
    note("die", held.token);
    process.kill(process.pid, "SIGKILL");
  }
  note("leave", held.token);
  await held.release();
}

function note(event, token) {
  appendFileSync(log, `${event} ${token} ${process.hrtime.bigint()}\n`);
}

function ignoreBusy(error) {
  if (error.code !== "BUSY") throw error;
}

/** mulberry32 */
function seeded(start) {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
