import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { type FileInfo, type Filesystem, StowageError } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { nextTurn } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

const VERSIONS = 16;
/** The most looks of each kind at a version, so that a slow write is not watched without end. */
const LOOKS = 5;
const HEAD_SIZE = 16;
/** The coarsest clock by which versions that are written one after another can be told apart without a long wait, in milliseconds. */
const FINE_MS = 5;

export const readVersionCases: readonly ContractCase[] = [
  {
    id: "read/describes-what-it-reads",
    title: "description and bytes are of one version beside overwrites of other sizes, whole and in ranges",
    tier: "fast",
    run: (context) => assertDescribed(context, { size: (version) => 2_000 + 10 * version, end: HEAD_SIZE }),
  },
  {
    id: "read/describes-what-it-reads-equally-long",
    title: "description and bytes are of one version beside overwrites of the same size",
    tier: "fast",
    run: (context) => assertDescribed(context, { size: () => 2_000, end: undefined }),
  },
];

interface Race {
  readonly size: (version: number) => number;
  /** Where the range ends that is read. */
  readonly end: number | undefined;
}

/** What a reader was told, and the version whose bytes it got. */
interface Observation {
  readonly info: FileInfo;
  readonly version: number | undefined;
}

/** Writes version after version while two readers and a `stat` look, and compares what they were told with what `write` told. */
async function assertDescribed(context: CaseContext, { size, end }: Race): Promise<void> {
  const key = context.key("a");
  const written: FileInfo[] = [];
  const write = async (version: number) => {
    written.push(await context.filesystem.write(key, contentOf(version, size(version))));
    await tick(context.filesystem);
  };
  await write(0);
  let isOver = false;
  const observations: Observation[] = [];
  const observe = (found: Observation) => void observations.push(found);
  const repeat = async (look: (filesystem: Filesystem) => Promise<Observation>) => {
    const filesystem = context.open();
    for (let count = 0; !isOver; ) {
      const mayLook = count < LOOKS * written.length;
      if (mayLook) await look(filesystem).then(observe, assertRetryable);
      if (mayLook) count++;
      await nextTurn(); // or a driver that keeps all in memory never lets the writer in
    }
  };
  const writeAll = async () => {
    try {
      for (let version = 1; version < VERSIONS; version++) await write(version);
    } finally {
      isOver = true;
    }
  };
  const read = (filesystem: Filesystem) => readVersion(filesystem, key, end);
  const stat = async (filesystem: Filesystem) => ({ info: await filesystem.stat(key), version: undefined });
  const outcomes = await Promise.allSettled([writeAll(), ...[read, read, stat].map(repeat)]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  for (const observation of observations) assertOneVersion(context.filesystem, observation, written);
}

/** Bytes that name their version at every sixteenth. */
function contentOf(version: number, size: number): Buffer {
  return Buffer.alloc(size, `version ${String(version).padStart(HEAD_SIZE - 9, "0")}\n`);
}

async function readVersion(filesystem: Filesystem, key: string, end: number | undefined): Promise<Observation> {
  const { info, content } = await filesystem.read(key, { end });
  const bytes = Buffer.concat(await content.toArray());
  const version = Number(bytes.subarray(8, HEAD_SIZE - 1).toString());
  assert.ok(bytes.equals(contentOf(version, bytes.length)), "the bytes are of one version");
  return { info, version };
}

/** The time of the next version has to differ, where the clock is fine enough to tell. */
async function tick({ capabilities }: Filesystem): Promise<void> {
  const { timestampResolutionMs } = capabilities.limits;
  if (timestampResolutionMs <= FINE_MS) await delay(timestampResolutionMs + 1);
}

/** A look beside an overwrite may fail by an error that is worth a retry. */
function assertRetryable(error: unknown): void {
  if (!(error instanceof StowageError)) throw error;
  assertEqual(
    error.retryable,
    true,
    `whether a look beside an overwrite that fails is worth a retry (${error.message})`,
  );
}

/** Asserts that what was told is what `write` told of the version, or of any version where no bytes were read. */
function assertOneVersion(filesystem: Filesystem, { info, version }: Observation, written: readonly FileInfo[]): void {
  const { timestampResolutionMs } = filesystem.capabilities.limits;
  const timeOf = ({ modifiedAt }: FileInfo) => Math.floor(modifiedAt.getTime() / timestampResolutionMs);
  const isSame = (expected: FileInfo | undefined) =>
    expected !== undefined &&
    info.size === expected.size &&
    (!info.etag || !expected.etag || info.etag === expected.etag) &&
    (timestampResolutionMs > FINE_MS || timeOf(info) === timeOf(expected));
  const found = version === undefined ? written.some(isSame) : isSame(written[version]);
  const told = `${info.size} bytes of ${info.modifiedAt.toISOString()}`;
  assert.ok(found, `${told} is what was told of ${version === undefined ? "a version" : `version ${version}`}`);
}
