import { describe, expect, test } from "vitest";
import { extracted, judged, judgedWithHeaders } from "./archives.ts";
import { buildZip, type EntryPlan, unicodePathField } from "./build-zip.ts";
import { filesOf } from "./trees.ts";

/** A folder and a file in it with names in code page 866, each with the field that says them in Unicode. */
const FOLDER = Buffer.from([0x8f, 0xa0, 0x2f]);
const FILE = Buffer.from([0x8f, 0xa0, 0x2f, 0xa1]);
const renamed = (name: Buffer, to: string): EntryPlan => {
  const extra = unicodePathField(name, to);
  return { name, flags: 0, madeBy: 0, mode: 0, extra, local: { extra } };
};

describe("the directory itself", () => {
  test.each(["./", "/", "."])("may be an entry, called %j", async (name) => {
    const root: EntryPlan = { name, mode: 0o040755 };
    const { entries, leftOut, skipped } = await judged(buildZip([root, { name: "a", content: "a" }]));

    expect([entries.map((entry) => entry.name), leftOut.length, skipped]).toEqual([["a"], 1, []]);
  });

  test("may stand before each name", async () => {
    const bytes = buildZip([{ name: "./" }, { name: "./d/" }, { name: "./d/a", content: "a" }, { name: "././b" }]);

    expect(await filesOf(await extracted(bytes))).toEqual({ "d/a": "a", b: "" });
    await judgedWithHeaders(bytes);
  });

  test("is nothing to restore when it is alone", async () => {
    await expect(judged(buildZip([{ name: "./" }]))).rejects.toMatchObject({ reason: "no-entries" });
  });

  test("leads to nothing that is excluded", async () => {
    const { skipped } = await judged(buildZip([{ name: "./a" }, { name: "./.stowage/swap.json" }]));

    expect(skipped).toEqual([{ name: ".stowage/swap.json", reason: "excluded" }]);
  });
});

test("a directory that comes twice counts once, and the header of each is checked", async () => {
  const twice: EntryPlan[] = [{ name: "d/" }, { name: "d/a", content: "a" }, { name: "./d/" }];
  const { entries, leftOut } = await judged(buildZip(twice));

  expect([entries.map(({ name }) => name), leftOut.length]).toEqual([["d/", "d/a"], 1]);
  const lying = buildZip([...twice.slice(0, 2), { name: "d/", local: { name: "e/" } }]);
  await expect(judgedWithHeaders(lying)).rejects.toMatchObject({ reason: "local-name" });
});

describe("a unicode path", () => {
  test("says the name, as WinRAR writes it", async () => {
    const bytes = buildZip([renamed(FOLDER, "Па/"), { ...renamed(FILE, "Па/б"), content: "text" }]);

    expect(await filesOf(await extracted(bytes))).toEqual({ "Па/б": "text" });
    await judgedWithHeaders(bytes);
  });

  test("that was made for another name is ignored", async () => {
    const extra = unicodePathField("before it was renamed", "other");
    const { entries } = await judged(buildZip([{ name: Buffer.from([0x82]), flags: 0, madeBy: 0, extra }]));

    expect(entries.map(({ name }) => name)).toEqual(["é"]);
  });

  test("excludes as the name in the header does", async () => {
    const hidden = Buffer.from(".stowage/swap.json");
    const { skipped } = await judged(
      buildZip([{ name: "a" }, renamed(hidden, "swap.json"), renamed(FILE, ".stowage/x")]),
    );

    expect(skipped.map(({ reason }) => reason)).toEqual(["excluded", "excluded"]);
  });
});
