import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { writeADriver } from "./write-a-driver.ts";

const PAGE = new URL("../../docs/write-a-driver.md", import.meta.url);

it("docs/write-a-driver.md is generated from the README: UPDATE_DOCS=1 writes it anew", async () => {
  if (process.env.UPDATE_DOCS) await writeFile(PAGE, await writeADriver());
  expect(await readFile(PAGE, "utf8")).toBe(await writeADriver());
});

it("the README has no link that is dead on npm", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  const published = readme.replace(/^Not on npm yet: .*\n/m, ""); // which no tarball holds: .ci/rules/publishable-package.mjs
  expect(published).not.toMatch(/\]\((?!https:|#)/);
});
