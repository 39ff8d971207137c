import { testFilesystem } from "@stowage/contract-tests";
import * as vitest from "vitest";
import { KNOWN_SERVERS } from "./known-servers.ts";
import { LiveBucket } from "./live-bucket.ts";

const { STOWAGE_TEST_SERVER: name = "", STOWAGE_TEST_S3_URL, STOWAGE_TEST_GCS_URL } = process.env;
const urls = [STOWAGE_TEST_S3_URL, STOWAGE_TEST_GCS_URL].filter((url) => url !== undefined);
const server = KNOWN_SERVERS[name] ?? {};
const WRITERS = 16;
const ROUNDS = 10;

if (urls.length === 0) {
  vitest.it.skip("a live bucket: set STOWAGE_TEST_S3_URL or STOWAGE_TEST_GCS_URL to try one", () => {});
}

for (const url of urls) {
  for (const [parameter, reason] of Object.entries(server.parameters ?? {})) {
    console.log(`${name}: ${parameter}=${new URL(url).searchParams.get(parameter)}, because ${reason}`);
  }
  for (const [id, deviation] of Object.entries(server.deviations ?? {})) {
    console.log(`${name}: ${id} fails: ${typeof deviation === "string" ? deviation : deviation.reason}`);
  }

  const bucket = await LiveBucket.at(url);
  vitest.afterAll(() => bucket.close());

  testFilesystem(vitest, {
    name: `${name || "a live bucket"}, by ${new URL(url).protocol}//`,
    tiers: ["fast", "slow", "remote"],
    deviations: server.deviations,
    timeoutMs: 240_000,
    settleMs: 300,
    create: (contractCase) => bucket.namespace(contractCase),
  });

  vitest.describe(`${name || "a live bucket"}, raced`, () => {
    vitest.it(`has exactly one winner among ${WRITERS} create-only writers, ${ROUNDS} times`, async ({ skip }) => {
      const namespace = await bucket.namespace();
      const handles = Array.from({ length: 4 }, () => namespace.open());
      const [first] = handles;
      if (!first?.capabilities.conditionalCreate) return skip("conditionalCreate is not declared");
      for (let round = 0; round < ROUNDS; round++) {
        const key = `race-${round}`;
        const writes = Array.from({ length: WRITERS }, (_, index) => {
          return handles[index % handles.length]?.write(key, Buffer.from(`writer ${index}`), { ifNotExists: true });
        });
        const settled = await Promise.allSettled(writes);
        const winners = settled.flatMap(({ status }, index) => (status === "fulfilled" ? [`writer ${index}`] : []));
        vitest.expect(winners).toHaveLength(1);
        const { content } = await first.read(key);
        vitest.expect(Buffer.concat(await content.toArray()).toString()).toBe(winners[0]);
        await first.delete(key);
      }
      for (const handle of handles) await handle.close();
      await namespace.dispose?.();
    });
  });
}
