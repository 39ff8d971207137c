import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { sourceProgram } from "@stowage/test-kit/program";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it, onTestFinished } from "vitest";

const KEYS = Array.from({ length: 20 }, (_, index) => `key-${String(index).padStart(2, "0")}`);

it("of sixteen create-only writes of a key by two processes, exactly one wins", async () => {
  const directory = await temporaryDirectory();
  const racers = ["one", "two"].map((name) => race(directory, name));
  await Promise.all(racers.map(({ ready }) => ready));
  for (const { child } of racers) child.stdin?.end("go\n");

  const wins = (await Promise.all(racers.map(({ wins }) => wins))).flat().sort();

  expect(wins.map((win) => win.split("=")[0])).toEqual(KEYS);
  expect((await readdir(directory)).sort()).toEqual(KEYS);
  for (const win of wins) {
    const [key = "", winner = ""] = win.split("=");
    expect(await readFile(join(directory, key), "utf8")).toBe(`${winner} `.repeat(1_000));
  }
});

function race(
  directory: string,
  name: string,
): { child: ChildProcess; ready: Promise<unknown>; wins: Promise<string[]> } {
  const program = sourceProgram(join(import.meta.dirname, "create-only-race.ts"), directory, name, KEYS.join(","), "8");
  const child = spawn(process.execPath, program, { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ready = Promise.race([once(child.stdout, "readable"), once(child, "exit").then(failEarly)]);
  const wins = text(child.stdout).then((output) => JSON.parse(output.replace("ready\n", "") || "[]"));
  return { child, ready, wins };
}

function failEarly(): never {
  throw new Error("the child ended before it was ready");
}
