import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { expect, it } from "vitest";
import type { ListPage } from "../../src/filesystem/driver.ts";
import { Filesystem } from "../../src/index.ts";

it("a list by pages yields what a list does, and no page without an object", async () => {
  const pages: ListPage[] = [
    { files: [file("a"), file("b/c"), file("d")], cursor: "1" },
    { files: [], cursor: "2" },
    { files: [file("e/f")], cursor: "3" },
    { files: [file("g")] },
  ];
  const list = async ({ cursor = "0" }) => pages[Number(cursor)] ?? { files: [] };
  const filesystem = new Filesystem(wrapDriver(new MemoryDriver(), { list }));

  const paged: string[][] = [];
  for await (const files of filesystem.listPages()) paged.push(files.map(({ key }) => key));
  const listed: string[] = [];
  for await (const { key } of filesystem.list()) listed.push(key);

  expect(paged).toEqual([["a", "d"], ["g"]]);
  expect(listed).toEqual(["a", "d", "g"]);
});

function file(key: string) {
  return { key, size: 0, modifiedAt: new Date(0) };
}
