import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { writersPage } from "./writers/writers-page.ts";

const PAGE = new URL("../../../../docs/zip-writers.md", import.meta.url);

it("docs/zip-writers.md is generated from the tables of writers: UPDATE_DOCS=1 writes it anew", async () => {
  if (process.env.UPDATE_DOCS) await writeFile(PAGE, writersPage());
  expect(await readFile(PAGE, "utf8")).toBe(writersPage());
});
