import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Cancellable, ReadRangeOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import { brokenDriver, brokenPlace, type Flaw } from "./flaw.ts";

const MIB = 1024 * 1024;

export const versionFlaws: readonly Flaw[] = [
  brokenDriver(
    "the description is of a stat before the object is opened",
    ["read/describes-what-it-reads", "read/describes-what-it-reads-equally-long"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        const info = await this.stat(key, options);
        await nextTurn();
        const { content } = await super.read(key, options);
        return { info, content };
      }
    },
  ),
  brokenDriver(
    "the description is of a stat behind the content",
    ["read/describes-what-it-reads", "read/describes-what-it-reads-equally-long"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        const { content } = await super.read(key, options);
        await nextTurn();
        return { info: await this.stat(key, options), content };
      }
    },
  ),
];

export const largeReadFlaws: readonly Flaw[] = [
  brokenDriver(
    "an offset has 20 bits",
    ["read/ranges-of-megabytes"],
    class extends ReferenceDriver {
      override read(key: string, { range, ...options }: ReadRangeOptions) {
        if (!range || range.end === undefined) return super.read(key, { ...options, range });
        const start = range.start % MIB;
        return super.read(key, { ...options, range: { start, end: start + range.end - range.start } });
      }
    },
  ),
  brokenDriver(
    "what is read into memory starts over behind a mebibyte",
    ["read/megabytes-into-memory"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        const { info, content } = await super.read(key, options);
        const { memory } = options;
        return memory && memory.length > MIB ? { info, content: wrapped(memory, content) } : { info, content };
      }
    },
  ),
];

export const openAgainFlaws: readonly Flaw[] = [
  brokenDriver(
    "an open that was aborted is remembered",
    ["open/driver-opens-again-after-an-abort"],
    class extends ReferenceDriver {
      #opening: Promise<void> | undefined;
      override open(options: Cancellable): Promise<void> {
        this.#opening ??= super.open(options);
        return this.#opening;
      }
    },
  ),
  remembersItsDirectory(),
];

async function* wrapped(memory: Uint8Array, content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for await (const chunk of content) {
    memory.set(chunk.subarray(0, memory.length - (offset % MIB)), offset % MIB);
    offset += chunk.length;
  }
  yield memory;
}

function remembersItsDirectory(): Flaw {
  const directory = join(tmpdir(), `reference-${crypto.randomUUID()}`);
  const Remembering = class extends ReferenceDriver {
    readonly directory = directory;
    #opening: Promise<unknown> | undefined;
    override async open(): Promise<void> {
      this.#opening ??= mkdir(directory, { recursive: true });
      await this.#opening;
    }
  };
  return brokenPlace("an open that failed is remembered", ["open/driver-opens-again-after-a-failure"], {
    driver: (place) => new Remembering(place),
    changes: () => ({ dispose: () => rm(directory, { recursive: true, force: true }) }),
  });
}
