import type { TestFilesystemOptions, Tier } from "@stowage/contract-tests";
import { KNOWN_SERVERS } from "./known-servers.ts";
import { LiveBucket } from "./live-bucket.ts";
import { manyWriters } from "./many-writers.ts";

export interface LiveHarness extends TestFilesystemOptions {
  readonly name: string;
  /** Closes what is shared by all places. */
  close(): Promise<void>;
}

/** The URLs of the buckets to try: `STOWAGE_TEST_S3_URL` and `STOWAGE_TEST_GCS_URL`. */
export function liveUrls({ STOWAGE_TEST_S3_URL, STOWAGE_TEST_GCS_URL } = process.env): string[] {
  return [STOWAGE_TEST_S3_URL, STOWAGE_TEST_GCS_URL].filter((url) => url !== undefined);
}

/**
 * All that the suite needs for the bucket of a URL, in the tiers of `STOWAGE_TEST_TIERS`: "fast slow remote" when left out. Says how
 * the server differs that `STOWAGE_TEST_SERVER` names.
 */
export async function liveHarness(url: string): Promise<LiveHarness> {
  const { STOWAGE_TEST_SERVER: server = "", STOWAGE_TEST_TIERS: tiers = "fast slow remote" } = process.env;
  const { version, parameters = {}, deviations = {} } = KNOWN_SERVERS[server] ?? {};
  const { STOWAGE_TEST_SERVER_VERSION: tried = "" } = process.env;
  if (version && tried && !tried.endsWith(version)) console.log(`${server}: what is known was found in ${version}`);
  for (const [parameter, reason] of Object.entries(parameters)) {
    console.log(`${server}: ${parameter}=${new URL(url).searchParams.get(parameter)}, because ${reason}`);
  }
  for (const [id, deviation] of Object.entries(deviations)) {
    console.log(`${server}: ${id} fails: ${typeof deviation === "string" ? deviation : deviation.reason}`);
  }
  const bucket = await LiveBucket.at(url);
  return {
    name: `${server || "a live bucket"}, by ${new URL(url).protocol}//`,
    tiers: tiers.split(" ") as Tier[],
    deviations,
    additional: [manyWriters],
    timeoutMs: 240_000,
    settleMs: 300,
    create: (contractCase) => bucket.namespace(contractCase),
    close: () => bucket.close(),
  };
}
