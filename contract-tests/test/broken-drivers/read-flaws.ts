import { closeSync, openSync } from "node:fs";
import { Readable } from "node:stream";
import { Filesystem, type ReadRange, type SignalOption, StowageError } from "@stowage/core";
import type { ReadRangeOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { wrapDriver } from "../../src/faults/wrap-driver.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import { brokenDriver, brokenFilesystem, brokenPlace, type Flaw } from "./flaw.ts";

type Range = NonNullable<ReadRangeOptions["range"]>;

export const readFlaws: readonly Flaw[] = [
  ranging(
    "an end is inclusive",
    ["first-byte", "middle", "all-but-the-last-byte", "from-the-start"],
    ({ start, end }) => (end === undefined ? { start } : { start, end: end + 1 }),
  ),
  ranging("a start counts from one", ["first-byte", "middle"], ({ start, end }) => ({ start: start + 1, end })),
  ranging("a range without an end is of one byte", ["to-the-end"], ({ start, end }) => ({
    start,
    end: end ?? start + 1,
  })),
  ranging("a range to the last byte is empty", ["last-byte"], ({ start, end }) => ({
    start,
    end: start === 9_999 ? start : end,
  })),
  ranging(
    "a start of zero counts as none",
    ["first-byte", "from-the-start", "all-but-the-last-byte"],
    ({ start, end }) => (start === 0 && end !== undefined ? { start: 10_000 - end } : { start, end }),
  ),
  ranging("an end at the object's end is cut off", ["whole"], ({ start, end }) => ({
    start,
    end: end === 10_000 ? end - 1 : end,
  })),
  ranging("an end behind the object's is an error", ["behind-the-end", "far-behind-the-end"], ({ start, end }) => {
    if (end !== undefined && end > 10_000) throw new StowageError("RANGE_NOT_SATISFIABLE", "too far");
    return { start, end };
  }),
  ranging("an end has 32 bits", ["far-behind-the-end"], ({ start, end }) => ({
    start,
    end: end === undefined ? end : end | 0,
  })),
  reading("a range of no bytes is refused", ["read/range-zero-length", "read/info-and-content"], (range) => {
    if (range.end !== undefined && range.end === range.start) throw new StowageError("INVALID_ARGUMENT", "no bytes");
    return range;
  }),
  reading("a bad range is repaired", ["read/bad-range"], ({ start, end, ...others }) => ({
    ...others,
    start: Math.max(0, Number(start) || 0),
    ...(Number.isFinite(end) ? { end: Math.max(Number(end), Number(start) || 0, 0) } : {}),
  })),
  reading(
    "an abort of a read is ignored",
    ["read/aborted-before", "read/aborted-in-the-middle"],
    ({ signal: _, ...range }) => range,
  ),
  brokenDriver(
    "memory is filled from its end",
    ["read/into-memory"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        const { info, content } = await super.read(key, options);
        const { memory } = options;
        return memory ? { info, content: Readable.from([await filledFromEnd(memory, content)]) } : { info, content };
      }
    },
  ),
  brokenDriver(
    "a missing object is noticed by whoever reads its content",
    ["read/missing-key"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        if (this.place.objects.has(key)) return super.read(key, options);
        return { info: { key, size: 0, modifiedAt: new Date() }, content: Readable.from([]) };
      }
    },
  ),
  brokenDriver(
    "the size is that of the range",
    ["read/info-and-content"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        const { info, content } = await super.read(key, options);
        const { start = 0, end = info.size } = options.range ?? {};
        return { info: { ...info, size: Math.min(end, info.size) - start }, content };
      }
    },
  ),
  brokenDriver(
    "a range behind the object is empty",
    ["read/range-behind-the-object", "read/empty-object"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        const info = await this.stat(key, options);
        return (options.range?.start ?? 0) < info.size
          ? super.read(key, options)
          : { info, content: Readable.from([]) };
      }
    },
  ),
  brokenDriver(
    "an empty object is missing",
    ["read/empty-object", "write/empty-content"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        if (this.find(key).bytes.length === 0) this.find("");
        return super.read(key, options);
      }
    },
  ),
  ranging("an offset has 16 bits", ["random-ranges"], ({ start, end }) =>
    start > 0xffff && end !== undefined
      ? { start: start & 0xffff, end: (start & 0xffff) + end - start }
      : { start, end },
  ),
  brokenDriver(
    "all reads of a handle share one position",
    ["read/many-at-once"],
    class extends ReferenceDriver {
      #position = 0;
      protected override async *chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
        this.#position = 0;
        while (this.#position < bytes.length) {
          await nextTurn();
          yield bytes.subarray(this.#position, this.#position + 10_000);
          this.#position += 10_000;
        }
      }
    },
  ),
  leaking(),
  brokenDriver(
    "a slow reader gets a short body",
    ["read/slow-consumer"],
    class extends ReferenceDriver {
      protected override async *chunksOf(
        bytes: Uint8Array,
        signal: AbortSignal,
      ): AsyncGenerator<Uint8Array, void, void> {
        for await (const chunk of super.chunksOf(bytes, signal)) {
          let turns = 0;
          const count = () => void (++turns < 10 && setImmediate(count));
          count();
          yield chunk;
          if (turns >= 10) return;
        }
      }
    },
  ),
  brokenDriver(
    "a read goes on in whatever object lies there by then",
    ["read/deleted-meanwhile", "read/overwritten-meanwhile", "read/overwritten-by-less-meanwhile"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions) {
        const { info } = await super.read(key, options);
        const bytesAt = (start: number, end: number) => {
          const found = this.place.objects.get(key)?.bytes.subarray(start, end) ?? Buffer.alloc(0);
          return Buffer.concat([found], end - start);
        };
        async function* content() {
          const { start = 0, end = info.size } = options.range ?? {};
          for (let from = start; from < end; from += 10_000) yield bytesAt(from, Math.min(end, from + 10_000));
        }
        return { info, content: content() };
      }
    },
  ),
  brokenFilesystem(
    "nobody counts the bytes that come",
    ["read/short-body", "read/ignored-range"],
    class extends Filesystem {
      override async read(key: string, range: ReadRange = {}) {
        const { start = 0, end } = range;
        const { signal } = new AbortController();
        const { info, content } = await this.driver.read(key, {
          signal,
          ...(start || end ? { range: { start, end } } : {}),
        });
        return { info, content: Readable.from(content) };
      }
    },
  ),
];

function ranging(name: string, caughtBy: readonly string[], change: (range: Range) => Range): Flaw {
  const ids = caughtBy.map((id) => (id === "random-ranges" ? "read/random-ranges" : `read/range-${id}`));
  return brokenPlace(name, ids, {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, {
        read: async (key, { range, signal }) =>
          driver.read(key, { signal, ...(range ? { range: change(range) } : {}) }),
      });
    },
  });
}

type Options = ReadRange & SignalOption;

function reading(name: string, caughtBy: readonly string[], change: (options: Options) => Options): Flaw {
  return brokenFilesystem(
    name,
    caughtBy,
    class extends Filesystem {
      override async read(key: string, options: Options = {}) {
        return super.read(key, change(options));
      }
    },
  );
}

/** A driver that opens a file for each read, and closes it only if all of it is read. */
function leaking(): Flaw {
  const open = new Set<number>();
  const Leaking = class extends ReferenceDriver {
    override async read(key: string, options: ReadRangeOptions) {
      const { info, content } = await super.read(key, options);
      const descriptor = openSync("/dev/null", "r");
      open.add(descriptor);
      async function* untilTheEnd() {
        yield* content;
        closeSync(descriptor);
        open.delete(descriptor);
      }
      return { info, content: untilTheEnd() };
    }
  };
  const dispose = () => {
    for (const descriptor of open) closeSync(descriptor);
    open.clear();
  };
  const ids = ["left-after-a-chunk", "destroyed", "consumer-throws", "aborted", "never-read"].map((id) => `read/${id}`);
  return brokenDriver("only a read to the end closes its file", ids, Leaking, { changes: () => ({ dispose }) });
}

async function filledFromEnd(memory: Uint8Array, content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let end = memory.length;
  for await (const chunk of content) {
    memory.set(chunk.toReversed(), end - chunk.length);
    end -= chunk.length;
  }
  return memory;
}
