import { IN_MEMORY, temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { killCreates } from "./kill-create-sweep.ts";

it("a create that is killed before and after every call of the disk leaves complete archives, a free lock, and nothing after the next start", async () => {
  const { killed, children, listed, leftovers, bad } = await killCreates(await temporaryDirectory(IN_MEMORY), {
    stride: 1,
  });

  const outcome = `archive listed after ${listed}, ${leftovers} leftovers swept, ${bad.length} bad`;
  console.info(`local: ${killed} creates in ${children} children killed by SIGKILL: ${outcome}`);
  expect(bad).toEqual([]);
  expect(killed).toBeGreaterThan(80);
});
