import { createHash } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { type RecordedRequest, startGcsServer, startS3Server } from "@stowage/test-kit";
import { forkSource } from "@stowage/test-kit/program";
import { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { onTestFinished } from "vitest";
import { openPlace, type Place } from "./killed-copy-child.ts";

const CHILD = join(import.meta.dirname, "killed-copy-child.ts");
const PART_SIZE = 16 * 1024;
const CHUNK_SIZE = 256 * 1024;

interface Plan {
  readonly archives: number;
  /** The most bytes of one. */
  readonly size: number;
  /** Processes that are killed on each of the three ways. */
  readonly kills: number;
  readonly seed: number;
}

interface Way {
  readonly from: Place;
  readonly to: Place;
  /** How many requests came in that store something under the key. */
  sends(key: string): number;
}

interface Figures {
  killed: number;
  /** Of each place at the end, by key. */
  readonly checksums: Record<string, string>[];
  /** Keys that were sent or stored again after they had been stored. */
  readonly twice: string[];
}

/** Copies archives from a directory to S3, to GCS and to a directory, each in processes that are killed until one is let live. */
export async function killedCopies({ archives, size, kills, seed }: Plan): Promise<Figures> {
  const random = new SeededRandom(seed);
  const ways = await threeWays();
  const first = (ways[0] as Way).from;
  await fill(first, { archives, size }, random);
  const figures: Figures = { killed: 0, checksums: [await checksumsOf(first)], twice: [] };
  for (const way of ways) {
    for (let kill = 1; kill <= kills; kill++) {
      const moves = random.below(Math.ceil((3 * archives) / kills) + 2);
      figures.killed += await runOnce(way, { moves, delayMs: random.below(15) }, figures.twice);
    }
    await runOnce(way, undefined, figures.twice);
    figures.checksums.push(await checksumsOf(way.to));
  }
  return figures;
}

async function threeWays(): Promise<Way[]> {
  const s3 = await startS3Server({ minPartSize: PART_SIZE });
  onTestFinished(() => s3.close());
  const gcs = await startGcsServer();
  onTestFinished(() => gcs.close());
  const { bucket, endpoint, credentials } = s3;
  const inS3: Place = { s3: { bucket, endpoint, credentials, partSize: PART_SIZE } };
  const inGcs: Place = {
    gcs: { bucket: gcs.bucket, apiEndpoint: gcs.apiEndpoint, credentials: gcs.credentials, chunkSize: CHUNK_SIZE },
  };
  const here: Place = { local: await temporaryDirectory() };
  const back: Place = { local: await temporaryDirectory() };
  const isS3Send = ({ method, path }: RecordedRequest, key: string) => method !== "GET" && path.endsWith(`/${key}`);
  const isGcsSend = ({ path, query }: RecordedRequest, key: string) => {
    return path.startsWith("/upload/") && query.get("name") === key;
  };
  return [
    {
      from: here,
      to: inS3,
      sends: (key) => s3.requests.filter((each) => each.method !== "HEAD" && isS3Send(each, key)).length,
    },
    { from: inS3, to: inGcs, sends: (key) => gcs.requests.filter((each) => isGcsSend(each, key)).length },
    { from: inGcs, to: back, sends: () => 0 },
  ];
}

async function fill(place: Place, { archives, size }: Pick<Plan, "archives" | "size">, random: SeededRandom) {
  await using filesystem = openPlace(place);
  for (let number = 1; number <= archives; number++) {
    await filesystem.write(`backup-${number}.zip`, random.bytes(1 + random.below(size)));
  }
}

/** Runs a process to its end, or up to a point at which it is killed. Returns how many were. */
async function runOnce(
  { from, to, sends }: Way,
  death: { readonly moves: number; readonly delayMs: number } | undefined,
  twice: string[],
): Promise<number> {
  const before = await versionsOf(to);
  const sent = new Map([...before.keys()].map((key) => [key, sends(key)]));
  const child = forkSource(CHILD, JSON.stringify(from), JSON.stringify(to));
  const exited = once(child, "exit");
  let moves = 0;
  child.on("message", (message) => {
    if (message !== "moved" || !death || ++moves !== death.moves) return;
    void wait(death.delayMs).then(() => child.kill("SIGKILL"));
  });
  const [code, signal] = await exited;
  if (signal !== "SIGKILL" && code !== 0) throw new Error(`the process ended with ${code ?? signal}`);
  const after = await versionsOf(to);
  for (const [key, version] of before) {
    if (after.get(key) !== version || sends(key) !== sent.get(key)) twice.push(key);
  }
  return signal === "SIGKILL" ? 1 : 0;
}

async function versionsOf(place: Place): Promise<Map<string, string>> {
  await using filesystem = openPlace(place);
  const versions = new Map<string, string>();
  for await (const { key, etag, modifiedAt } of filesystem.list()) {
    versions.set(key, `${etag} ${modifiedAt.toISOString()}`);
  }
  return versions;
}

async function checksumsOf(place: Place): Promise<Record<string, string>> {
  await using filesystem = openPlace(place);
  const checksums: Record<string, string> = {};
  for await (const { key } of filesystem.list()) {
    const hash = createHash("sha256");
    for await (const chunk of (await filesystem.read(key)).content) hash.update(chunk);
    checksums[key] = hash.digest("hex");
  }
  return checksums;
}
