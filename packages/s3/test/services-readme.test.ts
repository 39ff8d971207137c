import { readFile, writeFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { S3_SERVICES, type S3Service } from "../src/services.ts";

const README = new URL("../README.md", import.meta.url);
const HEAD = "| `service` | | endpoint | options that it sets | known differences |\n|---|---|---|---|---|\n";

it("the README's table of services is made of what the driver knows: UPDATE_DOCS=1 writes it anew", async () => {
  const rows = Object.entries(S3_SERVICES).map(([name, service]) => rowOf(name, service));
  const readme = await readFile(README, "utf8");
  const expected = readme.replace(/\| `service` \| \| endpoint [\s\S]*?\n\n/, `${HEAD}${rows.join("")}\n`);

  if (process.env.UPDATE_DOCS) await writeFile(README, expected);

  expect(await readFile(README, "utf8")).toBe(expected);
  expect(expected).toContain(rows.join(""));
});

function rowOf(name: string, service: S3Service): string {
  const { title, endpoint, differences } = service;
  const ownUrl = name === "aws" ? "" : "yours";
  const url = endpoint === undefined ? ownUrl : `\`${endpoint}\``;
  return `| \`${name}\` | ${title} | ${url} | ${optionsOf(service).join(", ")} | ${differences} |\n`;
}

function optionsOf({ region, forcePathStyle, checksums, conditions, maxParts }: S3Service): string[] {
  const isSet = (text: string | undefined): text is string => text !== undefined;
  return [
    region && `region: "${region}"`,
    forcePathStyle === false ? "forcePathStyle: false" : undefined,
    checksums && `checksums: "${checksums}"`,
    conditions === "none" ? "capabilities: { conditionalCreate: false }" : undefined,
    conditions === "one-request" ? "capabilities: { conditionalCreateSize: partSize }" : undefined,
    maxParts === undefined ? undefined : `maxParts: ${maxParts}`,
  ]
    .filter(isSet)
    .map((option) => `\`${option}\``);
}
