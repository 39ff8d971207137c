import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { benchFilesystem } from "./bench/bench-filesystem.ts";
import { benchTable } from "./bench/bench-table.ts";
import type { ContractCase, Tier } from "./case/contract-case.ts";
import { type CheckOutcome, type CheckReport, checkFilesystem } from "./run/check-filesystem.ts";
import type { TestFilesystemOptions } from "./run/test-filesystem.ts";

export interface CommandOutput {
  out(text: string): Promise<void>;
  error(text: string): Promise<void>;
}

const TIERS = ["fast", "slow", "remote"] as const satisfies readonly Tier[];

const USAGE = `usage: stowage-contract ./harness.mjs [--tier fast] [--tier slow] [--tier remote] [--seed 42] [--json]
       stowage-contract ./harness.mjs --bench [--json]

Holds a driver to its contract, or measures it. The module exports { name, create, … } by default: what testFilesystem takes.
Exit code: 0 if all promises are kept, 1 if one is broken, 2 if nothing could be checked.
`;

interface Arguments {
  readonly path: string;
  readonly tiers: readonly Tier[] | undefined;
  readonly seed: number | undefined;
  readonly json: boolean;
  readonly bench: boolean;
}

/** Runs the command `stowage-contract`, and resolves with its exit code. */
export async function runCommand(words: readonly string[], { out, error }: CommandOutput): Promise<0 | 1 | 2> {
  if (words.includes("--help")) {
    await out(USAGE);
    return 0;
  }
  try {
    const given = parsed(words);
    const harness = await harnessIn(given.path);
    return given.bench ? await bench(harness, given, out) : await check(harness, given, out);
  } catch (problem) {
    await error(`${problem instanceof Error ? problem.message : String(problem)}\n\n${USAGE}`);
    return 2;
  }
}

async function bench(harness: TestFilesystemOptions, { json }: Arguments, out: CommandOutput["out"]): Promise<0> {
  const rows = await benchFilesystem(harness);
  await out(json ? `${JSON.stringify({ name: harness.name, rows }, undefined, 2)}\n` : benchTable(rows));
  return 0;
}

async function check(harness: TestFilesystemOptions, given: Arguments, out: CommandOutput["out"]): Promise<0 | 1> {
  const seed = given.seed ?? harness.seed ?? Math.floor(Math.random() * 2 ** 32);
  const tiers = given.tiers ?? harness.tiers ?? ["fast"];
  const written: Promise<void>[] = [];
  const onCase = (contractCase: ContractCase, outcome: CheckOutcome) => {
    if (!given.json) written.push(out(row(contractCase, outcome)));
  };
  const report = await checkFilesystem(harness, { ...harness, tiers, seed, onCase });
  await Promise.all(written);
  await out(given.json ? json(report, { name: harness.name, seed, tiers }) : summary(report, seed));
  return report.failed.length === 0 ? 0 : 1;
}

function parsed(words: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      bench: { type: "boolean" },
      json: { type: "boolean" },
      seed: { type: "string" },
      tier: { type: "string", multiple: true },
    },
  });
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new Error("one module has to be named");
  const seed = values.seed === undefined ? undefined : Number(values.seed);
  if (seed !== undefined && !Number.isSafeInteger(seed)) throw new Error(`--seed ${values.seed}: not a whole number`);
  return { path, seed, tiers: values.tier?.map(tierOf), json: values.json ?? false, bench: values.bench ?? false };
}

function tierOf(name: string): Tier {
  const tier = TIERS.find((candidate) => candidate === name);
  if (tier) return tier;
  throw new Error(`--tier ${name}: there are ${TIERS.join(", ")}`);
}

async function harnessIn(path: string): Promise<TestFilesystemOptions> {
  const module = (await import(pathToFileURL(resolve(path)).href)) as { default?: Partial<TestFilesystemOptions> };
  const { default: harness } = module;
  if (typeof harness?.create === "function") return { name: path, ...harness } as TestFilesystemOptions;
  throw new Error(`${path} does not export { name, create } by default`);
}

function row({ id }: ContractCase, outcome: CheckOutcome): string {
  return `${outcome.status.padEnd(9)} ${id.padEnd(50)} ${noteOn(outcome)}`.trimEnd().concat("\n");
}

function noteOn(outcome: CheckOutcome): string {
  if (outcome.status === "failed") return messageOf(outcome.error).split("\n")[0] ?? "";
  return "reason" in outcome ? outcome.reason : "";
}

function summary({ passed, failed, skipped, deviating }: CheckReport, seed: number): string {
  const failures = failed.map(({ id, error }) => `\n${id}\n${messageOf(error).replaceAll(/^/gm, "  ")}\n`);
  const counts = [`${passed} passed`, `${failed.length} failed`, `${skipped.length} skipped`];
  if (deviating.length > 0) counts.push(`${deviating.length} known deviations`);
  return `${failures.join("")}\n${counts.join(", ")}, seed ${seed}\n`;
}

function json(report: CheckReport, run: { name: string; seed: number; tiers: readonly Tier[] }): string {
  const failed = report.failed.map(({ id, error }) => ({ id, message: messageOf(error) }));
  return `${JSON.stringify({ ...run, ...report, failed }, undefined, 2)}\n`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
