import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { FilesystemDriver } from "../../src/index.ts";
import { type Change, gate, type TwoPlaces, textsAt, twoPlaces } from "./two-places.ts";

type Write = FilesystemDriver["write"];

const CHUNKS = ["one ", "two ", "three ", "four"].map((text) => Buffer.from(text));
const TEXT = Buffer.concat(CHUNKS).toString();
const NEVER = new AbortController().signal;
const failure = Object.assign(new Error("the place burns"), { code: "ENOSPC" });

const writing =
  (write: (driver: FilesystemDriver) => Write): Change =>
  (driver) => ({ write: write(driver) });

/** Ways in which a destination fails, by when. */
const FAULTS: Readonly<Record<string, Change>> = {
  "to open": () => ({ open: () => Promise.reject(failure) }),
  "before it reads": writing(() => () => Promise.reject(failure)),
  "in the middle": writing(() => async (_key, content) => {
    for await (const _chunk of content) throw failure;
    throw new Error("not reached");
  }),
  "at its commit": writing(() => async (_key, content) => {
    for await (const _chunk of content);
    throw failure;
  }),
};

describe.each(Object.keys(FAULTS))("a destination that fails %s", (when) => {
  it.each(["first", "second"] as const)("loses its own copy only, if it is the %s", async (which) => {
    const places = twoPlaces({ [which]: FAULTS[when] });

    const info = await places.both.write("a", CHUNKS);

    expect(info).toMatchObject({ key: "a", size: TEXT.length });
    expect(await textsAt(places, "a")).toEqual(which === "first" ? ["-", TEXT] : [TEXT, "-"]);
    const failed = info.copies?.map(({ name, error }) => [name, error?.code]);
    const codes = which === "first" ? ["NO_SPACE", undefined] : [undefined, "NO_SPACE"];
    expect(failed).toEqual([
      ["memory-1", codes[0]],
      ["memory-2", codes[1]],
    ]);
  });

  it("fails the write, if the other fails too", async () => {
    const places = twoPlaces({ first: FAULTS[when], second: FAULTS["in the middle"] });

    const write = places.both.write("a", CHUNKS);

    await expect(write).rejects.toMatchObject({ code: "NO_SPACE", operation: "write", key: "a" });
    const { cause } = await write.catch((error) => error);
    expect(cause).toBeInstanceOf(AggregateError);
    expect(cause.errors).toHaveLength(2);
    expect(cause.errors[0].cause).toBe(failure);
    expect(await textsAt(places, "a")).toEqual(["-", "-"]);
  });
});

describe("the content", () => {
  it("is read once, and no faster than the slowest destination reads", async () => {
    const { opened, open } = gate();
    const slow = writing((driver) => (key, content, options) => driver.write(key, pausing(content, opened), options));
    const places = twoPlaces({ second: slow });
    let pulled = 0;
    function* counted() {
      for (const chunk of CHUNKS) {
        pulled++;
        yield chunk;
      }
    }

    const write = places.both.write("a", counted());
    for (let turn = 0; turn < 20; turn++) await nextTurn();
    const pulledBefore = pulled;
    open();
    await write;

    expect(pulledBefore).toBe(2); // the one that is handed on, and the one that is held back until the next is there
    expect(pulled).toBe(CHUNKS.length);
    expect(await textsAt(places, "a")).toEqual([TEXT, TEXT]);
  });

  it("goes on for the others while one that gave up still clears away", async () => {
    const { opened, open } = gate();
    const clearing = writing(() => async (_key, content) => {
      for await (const _chunk of content) break;
      await opened;
      throw failure;
    });
    const ended = gate();
    const other = writing(
      (driver) => (key, content, options) => driver.write(key, telling(content, ended.open), options),
    );
    const places = twoPlaces({ first: other, second: clearing });

    const write = places.both.write("a", CHUNKS);
    await ended.opened;
    open();

    expect((await write).copies?.map(({ error }) => error?.code)).toEqual([undefined, "NO_SPACE"]);
    expect(await textsAt(places, "a")).toEqual([TEXT, "-"]);
  });

  it("leaves every place as it was if it fails", async () => {
    const places = twoPlaces();
    const cause = new Error("the source is gone");
    async function* failing() {
      yield* CHUNKS;
      throw cause;
    }

    await expect(places.both.write("a", failing())).rejects.toMatchObject({ code: "SOURCE_UNREADABLE", cause });

    expect(await textsAt(places, "a")).toEqual(["-", "-"]);
  });
});

describe("a destination that lies", () => {
  it.each<[string, string, Change]>([
    [
      "commits before the end",
      "INTERNAL",
      writing((driver) => (key, _, options) => driver.write(key, empty(), options)),
    ],
    [
      "stores too little",
      "SIZE_MISMATCH",
      writing((driver) => async (key, content, options) => ({
        ...(await driver.write(key, content, options)),
        size: 1,
      })),
    ],
  ])("about its copy and %s is found out", async (_title, code, change) => {
    const places = twoPlaces({ second: change });

    const { copies } = await places.both.write("a", CHUNKS);

    expect(copies?.[1]).toMatchObject({ name: "memory-2", error: { code } });
  });
});

describe("the first destination that works", () => {
  it("commits before the others see the end", async () => {
    const log: string[] = [];
    const noting = (name: string) =>
      writing((driver) => async (key, content, options) => {
        const info = await driver.write(
          key,
          telling(content, () => log.push(`${name} sees the end`)),
          options,
        );
        await nextTurn();
        log.push(`${name} has committed`);
        return info;
      });

    await twoPlaces({ first: noting("first"), second: noting("second") }).both.write("a", CHUNKS);

    const order = ["first sees the end", "first has committed", "second sees the end", "second has committed"];
    expect(log).toEqual(order);
  });
});

describe("an abort", () => {
  it.each<[string, Change]>([
    [
      "reads nothing",
      writing(
        () =>
          (_key, _content, { signal }) =>
            hangUntil(signal),
      ),
    ],
    ["does not open", () => ({ open: ({ signal }) => hangUntil(signal) })],
  ])("frees a write from a destination that %s, and leaves nothing anywhere", async (_title, change) => {
    const places = twoPlaces({ second: change });
    const controller = new AbortController();

    const write = places.both.write("a", CHUNKS, { signal: controller.signal });
    await nextTurn();
    controller.abort(new Error("enough"));

    await expect(write).rejects.toMatchObject({ code: "ABORTED", cause: controller.signal.reason });
    expect(await textsAt(places, "a")).toEqual(["-", "-"]);
  });

  it("while the first commits keeps the others from their end", async () => {
    const atCommit = gate();
    const first = writing(() => async (_key, content, { signal }) => {
      for await (const _chunk of content);
      atCommit.open();
      return hangUntil(signal);
    });
    const deaf = writing((driver) => (key, content) => driver.write(key, content, { signal: NEVER }));
    const places = twoPlaces({ first, second: deaf });
    const controller = new AbortController();

    const write = places.both.write("a", CHUNKS, { signal: controller.signal });
    await atCommit.opened;
    controller.abort();

    await expect(write).rejects.toMatchObject({ code: "ABORTED" });
    expect(await textsAt(places, "a")).toEqual(["-", "-"]);
  });

  it("leaves what the first has committed, and reports what the others have not", async () => {
    const committed = gate();
    const first = writing((driver) => async (key, content, options) => {
      const info = await driver.write(key, content, options);
      committed.open();
      return info;
    });
    const second = writing(() => async (_key, content, { signal }) => {
      for await (const _chunk of content);
      return hangUntil(signal);
    });
    const places = twoPlaces({ first, second });
    const controller = new AbortController();

    const write = places.both.write("a", CHUNKS, { signal: controller.signal });
    await committed.opened;
    for (let turn = 0; turn < 5; turn++) await nextTurn();
    controller.abort();

    expect((await write).copies?.[1]?.error).toMatchObject({ code: "ABORTED" });
    expect(await textsAt(places, "a")).toEqual([TEXT, "-"]);
  });
});

describe("a create-only write", () => {
  it("has one winner among 16, and the same one in both places", async () => {
    const places = twoPlaces();
    const texts = Array.from({ length: 16 }, (_, index) => `writer ${index}`);

    const settled = await Promise.allSettled(texts.map((text) => createOnly(places, text)));

    const winners = texts.filter((_, index) => settled[index]?.status === "fulfilled");
    expect(winners).toHaveLength(1);
    expect(await textsAt(places, "a")).toEqual([winners[0], winners[0]]);
    const losses = settled.flatMap((result) => (result.status === "rejected" ? [result.reason.code] : []));
    expect(losses).toEqual(new Array(15).fill("ALREADY_EXISTS"));
  });

  it.each(["first", "second"] as const)("stores nothing anywhere if only the %s place has the key", async (which) => {
    const places = twoPlaces();
    await places[which].write("a", Buffer.from("old"));

    await expect(createOnly(places, "new")).rejects.toMatchObject({ code: "ALREADY_EXISTS", key: "a" });

    expect(await textsAt(places, "a")).toEqual(which === "first" ? ["old", "-"] : ["-", "old"]);
  });

  it("is decided by the second place while the first is down", async () => {
    const places = twoPlaces({ first: FAULTS["to open"] });
    await places.second.write("a", Buffer.from("old"));

    await expect(createOnly(places, "new")).rejects.toMatchObject({ code: "ALREADY_EXISTS" });

    expect(await textsAt(places, "a")).toEqual(["-", "old"]);
  });

  it("stores nothing if a place says only after it gave up that the key is taken", async () => {
    const taken = writing((driver) => async (key, content, options) => {
      for await (const _chunk of content) break;
      for (let turn = 0; turn < 20; turn++) await nextTurn();
      return driver.write(key, empty(), options);
    });
    const places = twoPlaces({ first: taken });
    await places.first.write("a", Buffer.from("old"));

    await expect(createOnly(places, "new")).rejects.toMatchObject({ code: "ALREADY_EXISTS" });

    expect(await textsAt(places, "a")).toEqual(["old", "-"]);
  });
});

function createOnly({ both }: TwoPlaces, text: string) {
  return both.write("a", Buffer.from(text), { ifNotExists: true });
}

function hangUntil(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

async function* pausing(content: AsyncIterable<Uint8Array>, opened: Promise<void>): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    yield chunk;
    await opened;
  }
}

async function* telling(content: AsyncIterable<Uint8Array>, tell: () => void): AsyncGenerator<Uint8Array> {
  yield* content;
  tell();
}

async function* empty(): AsyncGenerator<Uint8Array> {}
