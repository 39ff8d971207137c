import { expect, it } from "vitest";
import { killGcsCreates } from "./kill-create.ts";

it("a create that is killed before and after every request leaves complete archives, a free lock, and nothing that is listed", async () => {
  const { killed, requests, children, listed, leftovers, bad } = await killGcsCreates();

  const outcome = `archive listed after ${listed}, ${leftovers} uploads left to expire unseen, ${bad.length} bad`;
  console.info(`gcs: ${killed} creates of ${requests} requests killed in ${children} children by SIGKILL: ${outcome}`);
  expect(bad).toEqual([]);
  expect(killed).toBeGreaterThanOrEqual(2 * requests - 2);
});
