import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CHUNKS, type Change, empty, gate, TEXT, telling, textsAt, twoPlaces, writing } from "../two-places.ts";

const failure = Object.assign(new Error("the place burns"), { code: "ENOSPC" });

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

async function* pausing(content: AsyncIterable<Uint8Array>, opened: Promise<void>): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    yield chunk;
    await opened;
  }
}
