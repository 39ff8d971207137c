import { expect, it } from "vitest";
import { killGcsCreates } from "./kill-create.ts";

it("a create that is killed by SIGKILL leaves complete archives, a free lock, and nothing that is listed", {
  timeout: 120_000,
}, async () => {
  const { killed, requests, children, listed, leftovers, bad } = await killGcsCreates(5);

  const outcome = `archive listed after ${listed}, ${leftovers} uploads left to expire unseen, ${bad.length} bad`;
  console.info(`gcs: ${killed} creates of ${requests} requests killed in ${children} children by SIGKILL: ${outcome}`);
  expect(bad).toEqual([]);
  expect(killed).toBeGreaterThan(5);
});
