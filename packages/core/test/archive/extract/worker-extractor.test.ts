import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SeededRandom } from "@stowage/test-kit/random";
import { groupDirectories, type Tree, temporaryDirectory } from "@stowage/test-kit/tree";
import { beforeAll, describe, expect, test } from "vitest";
import { bufferReader } from "../../../src/archive/archive-reader.ts";
import { extractEntries } from "../../../src/archive/extract/extract-entries.ts";
import { verifyEntries } from "../../../src/archive/extract/read-contents.ts";
import {
  chooseExtractor,
  startExtractionThreads,
  type ThreadOptions,
} from "../../../src/archive/extract/worker-extractor.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { threadedDisk } from "../../disk/threaded-disk.ts";
import { archiveOf, judged, noSignal } from "../archives.ts";
import { buildZip } from "../build-zip.ts";
import { bundleWorker } from "../bundle-worker.ts";
import { HOSTILE_CONTENTS } from "../judge/hostile-contents.ts";
import { HOSTILE_LOCALS } from "../judge/hostile-locals.ts";
import { HOSTILE_RANGES } from "../judge/hostile-ranges.ts";
import { watchThreads } from "../started-threads.ts";
import { manySmall, threadProgram } from "../thread-programs.ts";
import { contentOf, directoryOf, type Found } from "../trees.ts";

const MIB = 2 ** 20;
const random = new SeededRandom(4);

const tree: Tree<string | Buffer> = {
  "data.db": random.text(5 * MIB + 17),
  "media.bin": random.bytes(3 * MIB),
  "middle.bin": random.text(MIB),
  "zeros.bin": Buffer.alloc(9 * MIB),
  "nothing here/": "",
  "empty.txt": "",
  ...manySmall(random, 180),
};

const directories = groupDirectories();
let workerUrl: URL;
/** An archive of the tree, and the tree as {@link contentOf} tells it. */
let archive: Buffer;
let content: Record<string, Found>;
beforeAll(async () => {
  workerUrl = await bundleWorker("extraction-worker", await directories());
  const root = await directoryOf(tree, await directories());
  archive = (await archiveOf(root)).bytes;
  content = await contentOf(root);
});

const endedThreads = watchThreads();

async function extracted(bytes: Buffer, options: ThreadOptions, durable = false): Promise<string> {
  const directory = await temporaryDirectory();
  const { entries } = await judged(bytes);
  const threads = startExtractionThreads(bytes.length, options);
  const target = { directory, disk: nodeDisk, signal: noSignal, durable };
  await extractEntries(bufferReader(bytes), entries, { ...target, threads });
  await threads?.close();
  return directory;
}

test.each([0, 1, 3])("what %i threads extract is what was archived, with modes and times", async (workers) => {
  const directory = await extracted(archive, { workers, disk: threadedDisk(workerUrl) });

  expect(await contentOf(directory)).toEqual(content);
  expect(endedThreads()).toBe(workers);
});

test("what threads extract durably is the same", async () => {
  const directory = await extracted(archive, { workers: 2, disk: threadedDisk(workerUrl) }, true);

  expect(await contentOf(directory)).toEqual(content);
});

test("threads extract an archive of another program: stored, streamed, and without a table", async () => {
  const contents = { stored: random.bytes(5 * MIB), deflated: random.text(5 * MIB), again: random.text(4 * MIB) };
  const plans = Object.entries(contents).map(([name, content]) => ({
    name,
    content,
    method: name === "stored" ? 0 : 8,
  }));

  const directory = await extracted(buildZip(plans), { workers: 2, disk: threadedDisk(workerUrl) });

  for (const [name, content] of Object.entries(contents)) {
    expect((await readFile(join(directory, name))).equals(content)).toBe(true);
  }
  expect(endedThreads()).toBe(2);
});

test("threads verify, and count every byte and entry once", async () => {
  const { entries, size } = await judged(archive);
  let last = { entriesDone: 0, bytesDone: 0 };
  const onProgress = (progress: typeof last) => {
    expect(progress.bytesDone).toBeGreaterThanOrEqual(last.bytesDone);
    last = progress;
  };

  const threads = startExtractionThreads(archive.length, { workers: 2, disk: threadedDisk(workerUrl) });
  await verifyEntries(bufferReader(archive), entries, { signal: noSignal, threads, onProgress });
  await threads?.close();

  expect(last).toEqual({ entriesDone: entries.length, bytesDone: size });
  expect(endedThreads()).toBe(2);
});

test("little data is not worth a thread", async () => {
  const { bytes } = await archiveOf(await directoryOf({ "a.txt": random.text(100_000) }));

  await extracted(bytes, { workers: 2, disk: threadedDisk(workerUrl) });

  expect(endedThreads()).toBe(0);
});

test.each([
  ["are not there", undefined],
  ["fail at the start", `throw new Error("no");`],
  ["fail at every job", `port.on("message", ({ id }) => port.postMessage({ id }));`],
  ["die of a job", `port.on("message", () => process.exit(1));`],
  ["end without an answer", `port.once("message", () => port.close());`],
  ["die in the middle of a file", `port.on("message", ${dyingHalfway.toString()});`],
])("where threads %s, the tree is the same", async (_, source) => {
  const broken = source === undefined ? new URL("file:///nowhere/worker.js") : await threadProgram(source);

  const directory = await extracted(archive, { workers: 2, disk: threadedDisk(broken) });

  expect(await contentOf(directory)).toEqual(content);
  endedThreads();
});

describe("threads refuse", () => {
  const small = HOSTILE_CONTENTS.filter(({ title }) => title.endsWith(" 1000 bytes"));

  test.each([...HOSTILE_LOCALS, ...HOSTILE_RANGES, ...small].map((each) => [each.title, each] as const))(
    "%s",
    async (_title, { hostile, reason, rules }) => {
      const bytes = hostile(new SeededRandom(1));
      const threads = startExtractionThreads(MIB, { workers: 1, disk: threadedDisk(workerUrl) });
      const extractor = chooseExtractor({ threads });
      const reading = async () => {
        const { entries } = await judged(bytes, rules);
        await extractor.files({ bytes, offset: 0, entries });
      };

      await expect(reading()).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason });
      await threads?.close();
      expect(endedThreads()).toBe(1);
    },
  );
});

test("a file that somebody else made meanwhile is an error, and stays as it is", async () => {
  const { entries } = await judged(archive);
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "empty.txt"), "precious");
  const threads = startExtractionThreads(archive.length, { workers: 2, disk: threadedDisk(workerUrl) });

  const options = { directory, disk: nodeDisk, signal: noSignal, durable: false, threads };
  const extracting = extractEntries(bufferReader(archive), entries, options);

  await expect(extracting).rejects.toMatchObject({ code: "EEXIST" });
  expect(await readFile(join(directory, "empty.txt"), "utf8")).toBe("precious");
  await threads?.close();
});

test("an abort ends the threads with an AbortError", async () => {
  const { entries } = await judged(archive);
  const controller = new AbortController();
  const threads = startExtractionThreads(archive.length, { workers: 2, disk: threadedDisk(workerUrl) });
  const options = { signal: controller.signal, onProgress: () => controller.abort("stop"), threads };

  const reading = verifyEntries(bufferReader(archive), entries, options);

  await expect(reading).rejects.toMatchObject({ name: "AbortError", cause: "stop" });
  await threads?.close();
  expect(endedThreads()).toBe(2);
});

/** Runs in a thread: writes the beginning of the first file of a job, and dies. */
function dyingHalfway({ job }: { job: { columns: { names: string }; target?: { directory: string } } }) {
  // @ts-expect-error: `fs` is that of the thread
  const write = fs.writeFileSync;
  const file = job.columns.names.split("\n").find((name) => !name.endsWith("/"));
  if (job.target && file) write(`${job.target.directory}/${file}`, "half");
  process.exit(1);
}
