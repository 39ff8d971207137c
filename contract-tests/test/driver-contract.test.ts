import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { driverContract } from "./driver-contract.ts";

const PAGE = new URL("../../docs/driver-contract.md", import.meta.url);

it("docs/driver-contract.md is generated from the cases: UPDATE_DOCS=1 writes it anew", async () => {
  if (process.env.UPDATE_DOCS) await writeFile(PAGE, driverContract());
  expect(await readFile(PAGE, "utf8")).toBe(driverContract());
});
