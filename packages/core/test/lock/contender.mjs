// One of many processes that contend for a lock. Writes a line per event, in one write each, so that lines never mix:
// `enter <token> <nanoseconds>`, `leave …`, and `die …` before it kills itself in the middle of its turn.
import { appendFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { SeededRandom } from "@stowage/test-kit/random";

const [lockModule, localModule, directory, log, ttlMs, durationMs, deathRate, seed, host] = process.argv.slice(2);
const { GenerationLock } = await import(lockModule);
const { currentProcess } = await import(lockModule.replace("generation-lock", "process-identity"));
const { localFilesystem } = await import(localModule);

const filesystem = localFilesystem({ directory });
const self = await currentProcess();
const identify = async () => (host === "" ? self : { ...self, host });
const lock = new GenerationLock(filesystem, { ttlMs: Number(ttlMs), identify });
const { signal } = new AbortController();
const random = new SeededRandom(Number(seed));
const endsAt = performance.now() + Number(durationMs);

while (performance.now() < endsAt) {
  const held = await lock.acquire("race", "a.zip", signal).catch(ignoreBusy);
  if (held) await takeTurn(held);
  await delay(random.next() * 30);
}
await filesystem.close();

async function takeTurn(held) {
  try {
    await held.confirm(signal);
  } catch {
    return held.release();
  }
  note("enter", held.token);
  await delay(random.next() * 10);
  if (random.next() < Number(deathRate)) {
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
