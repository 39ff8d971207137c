import { testFilesystem } from "@stowage/contract-tests";
import * as vitest from "vitest";
import { liveHarness, liveUrls } from "./live-harness.ts";

const urls = liveUrls();
if (urls.length === 0) {
  vitest.it.skip("a live bucket: set STOWAGE_TEST_S3_URL or STOWAGE_TEST_GCS_URL to try one", () => {});
}

for (const url of urls) {
  const harness = await liveHarness(url);
  vitest.afterAll(() => harness.close());
  testFilesystem(vitest, harness);
}
