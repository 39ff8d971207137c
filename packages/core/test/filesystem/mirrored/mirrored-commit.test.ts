import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  CHUNKS,
  type Change,
  empty,
  gate,
  TEXT,
  type TwoPlaces,
  telling,
  textsAt,
  twoPlaces,
  writing,
} from "../two-places.ts";

const NEVER = new AbortController().signal;

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
    const places = twoPlaces({ first: () => ({ open: () => Promise.reject(new Error("down")) }) });
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
