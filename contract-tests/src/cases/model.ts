import type { Filesystem } from "@stowage/core";
import fc from "fast-check";
import { assertEqual } from "../assert/assert-equal.ts";
import { assertBytes, assertRejects, listAll, readBytes } from "../assert/assertions.ts";
import type { CaseContext } from "../case/case-context.ts";
import { asynchronously, inChunks, nextTurn, stalledStream, thenThrow } from "../case/content.ts";
import type { ContractCase } from "../case/contract-case.ts";

const NAMES = ["a", "a.b", "b", "é"] as const;
const reason = new Error("the model aborts");

/** How long a counterexample may be made smaller, in milliseconds. */
const SHRINK_MS = 5_000;

export const modelCases: readonly ContractCase[] = [
  model("model", { tier: "fast", runs: 4, steps: 40 }),
  model("model-at-length", { tier: "slow", runs: 100, steps: 40 }),
];

/** What the storage has to hold, and how to reach it. */
interface World {
  readonly handles: readonly [Filesystem, Filesystem];
  /** Starts the keys of one run, so that the next one finds nothing. */
  readonly stem: string;
  readonly objects: Map<string, Buffer>;
}

interface Step {
  readonly verb: (typeof VERBS)[number];
  readonly name: (typeof NAMES)[number];
  /** By which of the two handles. */
  readonly handle: 0 | 1;
  readonly size: number;
  readonly chunkSize: number;
  readonly isSizeKnown: boolean;
  readonly start: number;
  readonly length: number;
  readonly pageSize: number;
}

const VERBS = ["write", "create", "fail", "abort", "delete", "read", "range", "stat", "list", "pages"] as const;

const steps = (most: number) =>
  fc.array(
    fc.record<Step>({
      verb: fc.oneof(
        { weight: 4, arbitrary: fc.constant("write" as const) },
        { weight: 9, arbitrary: fc.constantFrom(...VERBS) },
      ),
      name: fc.constantFrom(...NAMES),
      handle: fc.constantFrom(0, 1),
      size: fc.nat({ max: 3_000 }),
      chunkSize: fc.integer({ min: 1, max: 1_000 }),
      isSizeKnown: fc.boolean(),
      start: fc.nat({ max: 3_100 }),
      length: fc.nat({ max: 3_100 }),
      pageSize: fc.integer({ min: 1, max: 5 }),
    }),
    { minLength: most / 2, maxLength: most, size: "max" },
  );

function model(id: string, { tier, runs, steps: most }: { tier: "fast" | "slow"; runs: number; steps: number }) {
  return {
    id: `concurrency/${id}`,
    title: `${runs} random sequences of up to ${most} calls over two handles do what they would do to a Map`,
    tier,
    run: async (context: CaseContext) => {
      const handles = [context.filesystem, context.open()] as const;
      let run = 0;
      let deadline = Number.POSITIVE_INFINITY;
      const property = fc.asyncProperty(steps(most), async (sequence) => {
        if (performance.now() > deadline) return; // the counterexample is small enough
        try {
          await perform(sequence, { handles, stem: context.key(`${run++}-`), objects: new Map() });
        } catch (error) {
          deadline = Math.min(deadline, performance.now() + SHRINK_MS);
          throw error;
        }
      });
      await fc.assert(property, { seed: context.random.seed | 0, numRuns: runs }).catch(throwWithCause);
    },
  } satisfies ContractCase;
}

/** The counterexample, and what it breaks. */
function throwWithCause(error: Error): never {
  if (error.cause instanceof Error) error.message += `\n${error.cause.message}`;
  throw error;
}

async function perform(sequence: readonly Step[], world: World): Promise<void> {
  for (const step of sequence) await ACTIONS[step.verb](world, step);
  await assertListed(world, { pageSize: 2, handle: 0 });
}

type Action = (world: World, step: Step) => Promise<void>;

const ACTIONS: Readonly<Record<Step["verb"], Action>> = {
  write: async (world, step) => {
    const bytes = bytesOf(step);
    const info = await handleOf(world, step).write(keyOf(world, step), contentOf(bytes, step), sizeOf(bytes, step));
    assertEqual(info.size, bytes.length, "the size that write returns");
    world.objects.set(keyOf(world, step), bytes);
  },
  create: async (world, step) => {
    const filesystem = handleOf(world, step);
    if (!filesystem.capabilities.conditionalCreate) return;
    const [bytes, key] = [bytesOf(step), keyOf(world, step)];
    const create = () => filesystem.write(key, contentOf(bytes, step), { ...sizeOf(bytes, step), ifNotExists: true });
    if (world.objects.has(key)) return void (await assertRejects(create, "ALREADY_EXISTS", { key }));
    await create();
    world.objects.set(key, bytes);
  },
  fail: async (world, step) => {
    const content = thenThrow(inChunks(bytesOf(step), step.chunkSize), reason);
    const write = () => handleOf(world, step).write(keyOf(world, step), content);
    await assertRejects(write, "SOURCE_UNREADABLE", { cause: reason });
  },
  abort: async (world, step) => {
    const controller = new AbortController();
    const content = stalledStream(inChunks(bytesOf(step), step.chunkSize));
    const write = handleOf(world, step).write(keyOf(world, step), content, { signal: controller.signal });
    write.catch(() => {}); // asserted below
    for (let turn = 0; turn < step.pageSize; turn++) await nextTurn();
    controller.abort(reason);
    await assertRejects(() => write, "ABORTED", { cause: reason });
  },
  delete: async (world, step) => {
    await handleOf(world, step).delete(keyOf(world, step));
    world.objects.delete(keyOf(world, step));
  },
  read: async (world, step) => {
    const [key, filesystem] = [keyOf(world, step), handleOf(world, step)];
    const expected = world.objects.get(key);
    if (expected) return assertBytes(await readBytes(filesystem, key), expected, `the object ${key}`);
    await assertRejects(() => filesystem.read(key), "NOT_FOUND", { key });
  },
  range: async (world, step) => {
    const [key, filesystem] = [keyOf(world, step), handleOf(world, step)];
    const range = { start: step.start, end: step.start + step.length };
    const expected = world.objects.get(key);
    if (!expected) return void (await assertRejects(() => filesystem.read(key, range), "NOT_FOUND", { key }));
    if (range.start >= expected.length) {
      return void (await assertRejects(() => filesystem.read(key, range), "RANGE_NOT_SATISFIABLE", { key }));
    }
    const found = await readBytes(filesystem, key, range);
    assertBytes(found, expected.subarray(range.start, range.end), `the range ${range.start}–${range.end} of ${key}`);
  },
  stat: async (world, step) => {
    const [key, filesystem] = [keyOf(world, step), handleOf(world, step)];
    const expected = world.objects.get(key);
    assertEqual(await filesystem.exists(key), expected !== undefined, `whether ${key} exists`);
    if (expected)
      assertEqual((await filesystem.stat(key)).size, expected.length, `the size that stat returns of ${key}`);
  },
  list: (world, step) => assertListed(world, step),
  pages: changeBetweenPages,
};

/** Deletes and writes behind the first object of a list that is under way: whatever stays is listed once. */
async function changeBetweenPages(world: World, step: Step): Promise<void> {
  const key = keyOf(world, step);
  const staying = keysIn(world).filter((other) => other !== key);
  const found: string[] = [];
  for await (const file of handleOf(world, step).list({ prefix: world.stem, pageSize: step.pageSize })) {
    found.push(file.key);
    if (found.length > 1) continue;
    await (step.isSizeKnown ? ACTIONS.delete(world, step) : ACTIONS.write(world, step));
  }
  assertEqual(
    found.filter((other) => other !== key),
    staying,
    "the keys listed while another one was changed",
  );
}

async function assertListed(world: World, { pageSize, handle }: Pick<Step, "pageSize" | "handle">): Promise<void> {
  const files = await listAll(world.handles[handle], { prefix: world.stem, pageSize });
  const expected = keysIn(world).map((key) => ({ key, size: world.objects.get(key)?.length }));
  assertEqual(
    files.map(({ key, size }) => ({ key, size })),
    expected,
    "the objects listed",
  );
}

/** In UTF-8 byte order. */
function keysIn({ objects }: World): string[] {
  return [...objects.keys()].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}

function keyOf({ stem }: World, { name }: Step): string {
  return stem + name;
}

function handleOf({ handles }: World, { handle }: Step): Filesystem {
  return handles[handle];
}

/** Bytes that tell versions apart and that a smaller counterexample repeats. */
function bytesOf({ size, start, length }: Step): Buffer {
  return Buffer.from(Array.from({ length: size }, (_, index) => (index * 31 + start * 7 + length) % 251));
}

function contentOf(bytes: Buffer, { chunkSize }: Step): AsyncIterable<Uint8Array> {
  return asynchronously(inChunks(bytes, chunkSize));
}

function sizeOf(bytes: Buffer, { isSizeKnown }: Step): { size?: number } {
  return isSizeKnown ? { size: bytes.length } : {};
}
