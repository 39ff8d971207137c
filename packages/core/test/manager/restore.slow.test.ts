import { expect, it } from "vitest";
import { failRestores } from "./failing-restores.ts";

it("a restore whose disk fails once leaves the old data or the new, nothing beside it, and a free lock, at every disk call", async () => {
  const outcomes = await failRestores({ stride: 1 });

  expect(outcomes.old).toBeGreaterThan(50);
  expect(outcomes.new).toBeGreaterThan(1);
});
