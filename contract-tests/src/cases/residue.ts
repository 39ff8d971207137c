import { assertEqual } from "../assert-equal.ts";
import { assertRejects } from "../assertions.ts";
import type { CaseContext } from "../case-context.ts";
import { aboveOnePart, asynchronously, inChunks, textBytes } from "../content.ts";
import type { ContractCase } from "../contract-case.ts";
import { watchResidue } from "../residue.ts";
import { failingWrites } from "./write-boundary.ts";

export const residueCases: readonly ContractCase[] = [
  {
    id: "write-fails/leaves-nothing-behind",
    title: "writes that fail in every way, and overwrites, leave no temporary file and no open upload",
    tier: "fast",
    needs: ["residue"],
    run: async (context) => {
      await warmUp(context);
      const residue = await watchResidue(context);
      const ways = Object.entries(failingWrites(context)).filter(
        ([name]) => context.hasSmallParts || !name.endsWith("in-parts"),
      );
      for (const [name, fail] of ways) {
        await fail(context.key(`free-${name}`));
        await context.filesystem.write(context.key("taken"), textBytes("old"));
        await fail(context.key("taken"));
      }
      await context.filesystem.delete(context.key("taken"));
      assertEqual(await context.lastingResidue(residue), [], "what writes that failed left behind");
    },
  },
  {
    id: "create/lost-leaves-nothing-behind",
    title: "create-only writes that win or lose leave no temporary file and no open upload",
    tier: "fast",
    needs: ["residue", "conditionalCreate"],
    run: async (context) => {
      await warmUp(context);
      const residue = await watchResidue(context);
      const key = context.key("taken");
      await context.filesystem.write(key, textBytes("the first"), { ifNotExists: true });
      for (const size of [3_000, ...(context.hasSmallParts ? [aboveOnePart(context.partSize)] : [])]) {
        const content = asynchronously(inChunks(context.bytes(size), Math.ceil(size / 5)));
        const write = () => context.filesystem.write(key, content, { ifNotExists: true });
        await assertRejects(write, ["ALREADY_EXISTS", "UNSUPPORTED"]);
      }
      await context.filesystem.delete(key);
      assertEqual(await context.lastingResidue(residue), [], "what create-only writes left behind");
    },
  },
];

/** Lets the driver make what it keeps for good. */
async function warmUp(context: CaseContext): Promise<void> {
  await context.filesystem.write(context.key("a"), textBytes("first"));
  await context.filesystem.write(context.key("a"), textBytes("second"));
  await context.filesystem.delete(context.key("a"));
}
