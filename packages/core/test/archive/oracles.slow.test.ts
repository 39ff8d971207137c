import { createWriteStream } from "node:fs";
import { appendFile, lstat, mkdir, open, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { SeededRandom } from "@stowage/test-kit/random";
import { groupDirectories } from "@stowage/test-kit/tree";
import { beforeAll, describe, expect, test } from "vitest";
import { diskReader } from "../../src/archive/archive-reader.ts";
import { walkDirectory } from "../../src/archive/create/walk-directory.ts";
import { writeArchive } from "../../src/archive/create/write-archive.ts";
import { verifyEntries } from "../../src/archive/extract/read-contents.ts";
import { judgeArchive } from "../../src/archive/judge/judge-archive.ts";
import { excluding } from "../../src/archive/left-out/exclusions.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { noSignal, rules } from "./archives.ts";
import { ORACLES, readWithYauzl } from "./oracles.ts";
import { testWith } from "./tools.ts";

const random = new SeededRandom(2);

let isSecondCall = false;

interface Shape {
  readonly level?: number;
  /** The programs that read it, where all would take minutes. */
  readonly oracles?: readonly string[];
  /** Changes the tree before a call of the disk. */
  before?(call: string): Promise<void>;
  make(root: string): Promise<void>;
}

const SHAPES: Record<string, Shape> = {
  "a mixed tree": {
    make: async (root) => {
      await mkdir(join(root, "storage", "empty"), { recursive: true });
      await writeFile(join(root, "data.db"), random.text(3_000_000));
      await writeFile(join(root, "storage", "video.mp4"), random.bytes(2_000_000));
      await writeFile(join(root, "storage", "half.bin"), Buffer.concat([random.text(900_000), random.bytes(900_000)]));
      await writeFile(join(root, "storage", "photo.jpg"), random.bytes(200_000));
      await writeFile(join(root, "nothing"), "");
    },
  },
  "unicode names": {
    make: async (root) => {
      for (const name of ["grün.txt", "日本語.txt", "😀.txt", "e\u0301.txt", "ñ b%20+@'&.txt", "x".repeat(255)]) {
        await writeFile(join(root, name), name);
      }
    },
  },
  "an empty directory": { make: async () => {} },
  "70,000 entries": {
    make: async (root) => {
      for (let directory = 0; directory < 70; directory += 1) {
        await mkdir(join(root, `d${directory}`));
        const names = Array.from({ length: 999 }, (_, index) => join(root, `d${directory}`, `${index}.txt`));
        for (let start = 0; start < names.length; start += 100) {
          await Promise.all(names.slice(start, start + 100).map((name) => writeFile(name, name)));
        }
      }
    },
  },
  "a file over 4 GiB": { make: (root) => makeSparse(root, 2 ** 32 + 12_345) },
  "an archive over 4 GiB": {
    make: (root) => makeSparse(root, 2 ** 32 + 12_345),
    level: 0,
    oracles: ["7z", "bsdtar", "python3"],
  },
  "a file that changed while it was read": {
    make: async (root) => {
      await writeFile(join(root, "large.db"), random.text(3_000_000));
      await writeFile(join(root, "z.txt"), "behind it");
    },
    before: async (call) => {
      const path = call.slice("file.stat ".length);
      if (!call.startsWith("file.stat") || !path.endsWith("large.db") || (await lstat(path)).size > 3_000_000) return;
      isSecondCall = !isSecondCall;
      if (!isSecondCall) await appendFile(path, "more");
    },
  },
};

describe.each(Object.entries(SHAPES))("%s", (_title, shape) => {
  const directory = groupDirectories();
  const context = { path: "", names: [] as string[] };

  beforeAll(async () => {
    const root = await directory();
    await shape.make(root);
    const options = {
      disk: faultyDisk(nodeDisk, shape).disk,
      signal: noSignal,
      onUnreadable: "fail" as const,
      isExcluded: excluding([]),
    };
    const walk = await walkDirectory(root, options);
    context.path = join(await directory(), "archive.zip");
    context.names = walk.entries.map((entry) => entry.name);
    const archive = writeArchive(walk, { ...options, ...(shape.level === undefined ? {} : { level: shape.level }) });
    await pipeline(archive.content, createWriteStream(context.path));
    expect(archive.size).toBeLessThanOrEqual(archive.sizeBound);
  });

  for (const [tool, accepts] of Object.entries(ORACLES)) {
    if (shape.oracles && !shape.oracles.includes(tool)) continue;
    testWith(tool.split(" ", 1)[0] ?? tool, `${tool} reads it`, async () => void (await accepts(context.path)));
  }

  test("yauzl reads it, with the same names", async () => {
    const names = await readWithYauzl(context.path);
    expect(names).toEqual(context.names.length === 0 ? [".stowage/"] : context.names);
  });

  test("we read it, with the same names", async () => {
    const file = await open(context.path);
    const { size } = await file.stat();
    await file.close();
    const opened = await nodeDisk.openFile(context.path);
    try {
      const reader = diskReader(opened, size);
      const { entries } = await judgeArchive(reader, rules);
      await verifyEntries(reader, entries, { signal: noSignal });
      expect(entries.map((entry) => entry.name)).toEqual(context.names);
    } finally {
      await opened.close();
    }
  });
});

async function makeSparse(root: string, size: number): Promise<void> {
  await writeFile(join(root, "large.bin"), "start");
  await truncate(join(root, "large.bin"), size);
  await writeFile(join(root, "z.txt"), "behind it");
}
