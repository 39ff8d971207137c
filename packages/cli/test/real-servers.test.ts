import { readFile, writeFile } from "node:fs/promises";
import { cases } from "@stowage/contract-tests";
import { expect, it } from "vitest";
import { KNOWN_SERVERS } from "./known-servers.ts";
import { manyWriters } from "./many-writers.ts";
import { realServers } from "./real-servers.ts";

const PAGE = new URL("../../../docs/real-servers.md", import.meta.url);
const SERVERS = new URL("../../../.ci/servers/", import.meta.url);

it("docs/real-servers.md is generated from known-servers.ts: UPDATE_DOCS=1 writes it anew", async () => {
  if (process.env.UPDATE_DOCS) await writeFile(PAGE, realServers());
  expect(await readFile(PAGE, "utf8")).toBe(realServers());
});

it.each(Object.entries(KNOWN_SERVERS))(
  "%s deviates in cases that there are, and takes the options of its URL",
  async (name, server) => {
    const ids = [...cases, manyWriters].map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(Object.keys(server.deviations ?? {})));
    const [url = ""] = /(?<=url=")(s3|gs):[^"]+/.exec(await readFile(new URL(`${name}.sh`, SERVERS), "utf8")) ?? [];
    const endpoints = ["endpoint", "apiEndpoint"];
    const given = [...new URL(url).searchParams.keys()].filter((parameter) => !endpoints.includes(parameter));
    expect(given.sort()).toEqual(Object.keys(server.parameters ?? {}).sort());
  },
);
