import { describe, expect, it } from "vitest";
import type { ListPage } from "../../../src/filesystem/driver.ts";
import { compareKeys } from "../../../src/filesystem/key.ts";
import { type Filesystem, StowageError } from "../../../src/index.ts";
import { type Change, textAt, twoPlaces } from "../two-places.ts";

const KEYS = ["a", "a-1", "a.zip", "a0", "b", "c", "d", "e", "ｆ", "\u{1f600}", "z"];

describe("a list of two places", () => {
  it.each([1, 2, 3, 5, 100])("is their union in order, each key once, in pages of %s", async (pageSize) => {
    for (let pattern = 0; pattern < 24; pattern++) {
      const places = twoPlaces();
      const inFirst = KEYS.filter((_, index) => (index * 7 + pattern) % 3 !== 0);
      const inSecond = KEYS.filter((_, index) => (index * 5 + pattern) % 4 !== 0);
      await fill(places.first, inFirst);
      await fill(places.second, inSecond);

      const expected = [...new Set([...inFirst, ...inSecond])].sort(compareKeys);
      expect(await keysOf(places.both, pageSize), `pattern ${pattern}`).toEqual(expected);
    }
  });

  it("describes a key as the first place that has it does", async () => {
    const places = twoPlaces();
    await places.first.write("a", Buffer.from("12345"));
    await places.second.write("a", Buffer.from("1"));

    const { value: listed } = await places.both.list().next();

    expect(listed?.size).toBe(5);
    expect(await textAt(places.both, "a")).toHaveLength(5);
  });

  it("goes on with what is written and deleted between its pages", async () => {
    const places = twoPlaces();
    await fill(places.first, ["a", "c", "e", "g"]);
    await fill(places.second, ["b", "d", "f", "h"]);
    const seen: string[] = [];

    for await (const { key } of places.both.list({ pageSize: 2 })) {
      seen.push(key);
      if (key === "b") await fill(places.second, ["a1", "e1"]);
      if (key === "c") await Promise.all([places.first.delete("a"), places.first.delete("g")]);
    }

    expect(seen).toEqual(["a", "b", "c", "d", "e", "e1", "f", "h"]);
  });

  it.each(["first", "second"] as const)("fails if the %s place fails, on whatever page", async (which) => {
    for (let nth = 1; nth <= 3; nth++) {
      let calls = 0;
      const places = twoPlaces({
        [which]: (driver: { list: (options: never) => Promise<ListPage> }) => ({
          list: async (options: never) => {
            if (++calls === nth) throw new StowageError("UNAVAILABLE", "gone");
            return driver.list(options);
          },
        }),
      });
      await fill(places.first, KEYS);
      await fill(places.second, KEYS);

      await expect(keysOf(places.both, 4)).rejects.toMatchObject({ code: "UNAVAILABLE", operation: "list" });
    }
  });

  it.each([
    { title: "within a page", pages: ["db"] },
    { title: "within a page that is fetched twice", pages: ["da"] },
    { title: "from page to page", pages: ["bc", "a"] },
    { title: "by a page that comes again", pages: ["bc", "bc"] },
  ])("fails if a place lists out of order $title", async ({ pages }) => {
    const { both, second } = twoPlaces({ first: listing(pages) });
    await fill(second, ["b1"]);

    await expect(keysOf(both, 1)).rejects.toMatchObject({ code: "INTERNAL" });
  });

  it("passes over empty pages", async () => {
    const { both, second } = twoPlaces({ first: listing(["", "b", "", "", "d"]) });
    await fill(second, ["a", "c", "e"]);

    expect(await keysOf(both, 2)).toEqual(["a", "b", "c", "d", "e"]);
  });
});

/** Lists these pages of keys of one letter each, whatever is asked for. */
function listing(pages: readonly string[]): Change {
  return () => ({
    list: async ({ cursor = "0" }) => ({
      files: [...(pages[Number(cursor)] ?? "")].map((key) => ({ key, size: 1, modifiedAt: new Date(0) })),
      ...(Number(cursor) < pages.length - 1 && { cursor: String(Number(cursor) + 1) }),
    }),
  });
}

async function fill(filesystem: Filesystem, keys: readonly string[]): Promise<void> {
  for (const key of keys) await filesystem.write(key, Buffer.from("x"));
}

async function keysOf(filesystem: Filesystem, pageSize: number): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of filesystem.list({ pageSize })) keys.push(key);
  return keys;
}
