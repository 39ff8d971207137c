import { assertEqual } from "../../assert/assert-equal.ts";
import { assertRejects } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { aboveOnePart, asynchronously, inChunks, nextTurn, stalledStream, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { watchResidue } from "../../case/residue-watch.ts";
import { failingWrites } from "./write-boundary.ts";

/** How many chunks are left when a write is aborted: all but the first part are, or none. */
const MOMENTS = [1, 0, 2] as const;
/** After how many turns of the event loop a write is aborted: what is sent then is under way, and not answered. */
const TURNS = [0, 2] as const;

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
    id: "write-fails/aborted-upload-leaves-nothing",
    title: "a write that is aborted while its upload begins, or a part is on its way, leaves no open upload",
    tier: "fast",
    needs: ["residue", "parts"],
    run: async (context) => {
      await warmUp(context);
      const residue = await watchResidue(context);
      for (const moment of context.hasSmallParts ? MOMENTS : MOMENTS.slice(0, 2)) {
        for (const turns of TURNS) await abortWhileSending(context, moment, turns);
      }
      assertEqual(await context.lastingResidue(residue), [], "what is left behind by writes that were aborted");
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

/**
 * Aborts while the driver still does something about the chunk that it was given last, and has not asked for another: one with
 * which a part is full, or one behind it.
 */
async function abortWhileSending(context: CaseContext, left: number, turns: number): Promise<void> {
  const controller = new AbortController();
  const full = Array.from({ length: Math.max(left, 1) }, () => context.bytes(context.partSize));
  const content = stalledStream([...full, textBytes("a"), textBytes("b")]);
  const write = context.filesystem.write(context.key("a"), content, { signal: controller.signal });
  const rejection = assertRejects(() => write, "ABORTED");
  rejection.catch(() => {}); // a driver may fail before its turn has come
  while (content.readableLength > left && !content.destroyed) await nextTurn();
  for (let turn = 0; turn < turns; turn++) await nextTurn();
  controller.abort(new Error("the user pressed cancel"));
  await rejection;
}

/** Lets the driver make what it keeps for good. */
async function warmUp(context: CaseContext): Promise<void> {
  await context.filesystem.write(context.key("a"), textBytes("first"));
  await context.filesystem.write(context.key("a"), textBytes("second"));
  await context.filesystem.delete(context.key("a"));
}
