import { expect, it } from "vitest";
import { killS3Creates } from "./kill-create.ts";

it("a create that is killed before and after every request leaves complete archives, a free lock, and uploads that a start of the next day aborts", async () => {
  const { killed, requests, children, listed, leftovers, bad } = await killS3Creates();

  const outcome = `archive listed after ${listed}, ${leftovers} uploads left and aborted, ${bad.length} bad`;
  console.info(`s3: ${killed} creates of ${requests} requests killed in ${children} children by SIGKILL: ${outcome}`);
  expect(bad).toEqual([]);
  expect(killed).toBeGreaterThanOrEqual(2 * requests - 2);
  expect(leftovers).toBeGreaterThan(0);
});
