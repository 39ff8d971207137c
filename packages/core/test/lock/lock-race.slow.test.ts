import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";

const PROCESSES = 16;
const DEATH_RATE = 0.05;
const SEED = 20_261_122;

interface Turn {
  readonly token: number;
  readonly from: bigint;
  readonly to: bigint;
  readonly died: boolean;
}

it.each([
  ["one host, where a dead holder is known by its process", { ttlMs: 15_000, durationMs: 30_000, hosts: 1 }],
  ["many hosts, where a dead holder is known by its silence", { ttlMs: 600, durationMs: 30_000, hosts: PROCESSES }],
])("16 processes contend for the lock and never hold it at once: %s", async (_where, { ttlMs, durationMs, hosts }) => {
  const directory = join(await temporaryDirectory(), "store");
  const log = join(await temporaryDirectory(), "log");
  const endsAt = performance.now() + durationMs;
  let seed = SEED;

  async function contend(host: string): Promise<void> {
    while (performance.now() < endsAt - 1_000) {
      const left = String(Math.round(endsAt - performance.now()));
      const settings = [directory, log, String(ttlMs), left, String(DEATH_RATE), String(seed++), host];
      const child = spawn(process.execPath, [program("contender.mjs"), ...builtModules(), ...settings], {
        stdio: "inherit",
      });
      const [code, killed] = (await once(child, "exit")) as [number | null, string | null];
      if (code !== 0 && killed !== "SIGKILL") throw new Error(`a contender ended with ${code ?? killed}`);
    }
  }
  await Promise.all(Array.from({ length: PROCESSES }, (_, index) => contend(hosts === 1 ? "" : `host-${index}`)));

  const turns = turnsIn(await readFile(log, "utf8"));
  const deaths = turns.filter(({ died }) => died).length;
  const overlaps = turns.filter((turn, index) => index > 0 && turn.from < (turns[index - 1]?.to ?? 0n)).length;
  const falls = turns.filter((turn, index) => index > 0 && turn.token <= (turns[index - 1]?.token ?? 0)).length;
  const figures = `${turns.length} turns of ${PROCESSES} processes in ${durationMs / 1_000} s, ${deaths} holders killed`;
  console.info(
    `lock on local, ${_where}: ${figures}, ${overlaps} overlaps, ${falls} tokens that did not rise (seed ${SEED})`,
  );
  expect({ overlaps, falls }).toEqual({ overlaps: 0, falls: 0 });
  expect(turns.length).toBeGreaterThan(hosts === 1 ? 200 : 20);
  expect(deaths).toBeGreaterThan(0);
});

/** The turns in the order in which they began. A turn without an end was cut off by the end of the log. */
function turnsIn(text: string): Turn[] {
  const starts = new Map<number, bigint>();
  const turns: Turn[] = [];
  for (const line of text.trim().split("\n")) {
    const [event = "", token = "", time = ""] = line.split(" ");
    if (event === "enter") {
      expect(starts.has(Number(token)), `token ${token} was given twice`).toBe(false);
      starts.set(Number(token), BigInt(time));
    } else {
      turns.push({
        token: Number(token),
        from: starts.get(Number(token)) ?? 0n,
        to: BigInt(time),
        died: event === "die",
      });
    }
  }
  return turns.sort((left, right) => (left.from < right.from ? -1 : 1));
}

function program(name: string): string {
  return join(import.meta.dirname, name);
}

/** What `npm run build` made: the children are plain Node. */
function builtModules(): string[] {
  const packages = join(import.meta.dirname, "..", "..", "..");
  const paths = [join(packages, "core/dist/lock/generation-lock.js"), join(packages, "local/dist/index.js")];
  return paths.map((path) => pathToFileURL(path).href);
}
