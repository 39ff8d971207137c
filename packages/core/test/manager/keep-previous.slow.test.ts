import { expect, it } from "vitest";
import { failRollbacks } from "./failing-rollbacks.ts";

it("a rollback leaves everything as it was, the previous data still kept, wherever a disk call fails", async () => {
  const outcomes = await failRollbacks({ stride: 1 });

  expect(outcomes.new).toBeGreaterThan(50);
});
