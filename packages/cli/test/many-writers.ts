import assert from "node:assert/strict";
import { type ContractCase, readBytes } from "@stowage/contract-tests";

const WRITERS = 16;
const HANDLES = 4;
const ROUNDS = 10;

/** More writers than the suite has, and more rounds: a server may be right most of the time. */
export const manyWriters: ContractCase = {
  id: "create/many-writers",
  title: `of ${WRITERS} create-only writers over ${HANDLES} handles exactly one wins, ${ROUNDS} times`,
  tier: "slow",
  needs: ["conditionalCreate"],
  run: async (context) => {
    const handles = Array.from({ length: HANDLES }, () => context.open());
    for (let round = 0; round < ROUNDS; round++) {
      const key = context.key(`${round}`);
      const texts = Array.from({ length: WRITERS }, (_, index) => `writer ${index}`);
      const settled = await Promise.allSettled(
        texts.map((text, index) => handles[index % HANDLES]?.write(key, Buffer.from(text), { ifNotExists: true })),
      );
      const winners = texts.filter((_, index) => settled[index]?.status === "fulfilled");
      assert.equal(winners.length, 1, `one of ${WRITERS} writers wins: ${winners}`);
      assert.equal(String(await readBytes(context.filesystem, key)), winners[0]);
    }
  },
};
