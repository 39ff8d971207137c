import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Filesystem } from "@stowage/core";
import { describe, expect, it } from "vitest";
import { assertEqual } from "../src/assert/assert-equal.ts";
import { assertServes } from "../src/cases/url/signed-request.ts";
import { cases } from "../src/cases.ts";
import { wrapDriver } from "../src/faults/wrap-driver.ts";
import { runCase } from "../src/run/run-case.ts";
import { ReferenceDriver } from "./reference-driver.ts";
import { type HarnessParts, referenceHarness } from "./reference-harness.ts";

type Driver = ReferenceDriver;
type Change = (driver: Driver) => Partial<Driver>;

describe("a failure says in one sentence what was asked, what came and what is promised", () => {
  it.each<[id: string, sentence: RegExp, change: Change]>([
    [
      "errors/unknown-errors-are-not-absence",
      /classify calls .*not found.* NOT_FOUND, which says of an object whether it is there: promised is another code/,
      () => ({
        classify: (error) => ({
          code: String(error).includes("not found") ? "NOT_FOUND" : "INTERNAL",
          retryable: false,
        }),
      }),
    ],
    [
      "list/thousand",
      /the keys listed of 101, one more than a page holds: a list of 100 came, promised is a list of 101, and ".*00100" is missing/,
      (driver) => ({ list: async (options) => ({ files: (await driver.list(options)).files }) }),
    ],
    [
      "list/changes-between-pages",
      /the first six keys listed in pages of 2, .*: \[ '.*a', '.*b' \] came, promised is \[ .* \], and ".*c" is missing/,
      (driver) => ({ list: async (options) => ({ files: (await driver.list(options)).files }) }),
    ],
    [
      "open/prefixes-stay-apart",
      /the keys listed behind the prefix "p2\." once its only one was deleted: \[ 'a' \] came, promised is \[\], and "a" is too much/,
      () => ({ delete: async () => {} }),
    ],
    [
      "write/content-type",
      /the content type that stat returns: undefined came, promised is "application\/zip"/,
      (driver) => ({
        stat: async (key, options) => ({ ...(await driver.stat(key, options)), contentType: undefined }) as never,
      }),
    ],
    [
      "errors/outage",
      /of \S+ in an outage: expected the code .*, found NOT_FOUND \(cannot .*\)/,
      (driver) => ({
        classify: (error) =>
          String(error).includes("503") ? { code: "NOT_FOUND", retryable: false } : driver.classify(error),
      }),
    ],
    [
      "urls/filename",
      /the Content-Disposition of a signed URL is "attachment; .*", promised is an attachment of the name ".*a"/,
      (driver) => ({ signUrl: (key, options) => driver.signUrl(key, { ...options, filename: "other" }) }),
    ],
  ])("%s", async (id, sentence, change) => {
    expect(await messageOf(id, changed(change))).toMatch(sentence);
  });
});

describe("no failure shows a signed URL or its signature", () => {
  it.each<[id: string, parts: HarnessParts]>([
    [
      "urls/fetch",
      changed((driver) => ({ signUrl: async (key, options) => `${await driver.signUrl(key, options)}0` })),
    ],
    ["urls/fetch", { rules: { ranges: false } }],
    [
      "urls/fetch",
      changed((driver) => ({
        signUrl: async (key, options) => (await driver.signUrl(key, options)).replace("127.0.0.1", "127.0.0.1:1"),
      })),
    ],
    [
      "urls/fetch",
      changed((driver) => ({ signUrl: async (key, options) => (await driver.signUrl(key, options)).slice(7) })),
    ],
    ["urls/missing", { rules: { missing: false } }],
    ["urls/other-methods", { rules: { methods: false } }],
    ["urls/tampering", { rules: { signature: false } }],
    ["urls/tampering", { rules: { signedKey: false } }],
    [
      "urls/filename",
      changed((driver) => ({ signUrl: (key, options) => driver.signUrl(key, { ...options, filename: "other" }) })),
    ],
  ])("%s", async (id, parts) => {
    const signed: string[] = [];
    const message = await messageOf(id, noting(parts, signed));
    expect(signed.length).toBeGreaterThan(0);
    for (const address of signed) {
      expect(message).not.toContain(address);
      expect(message).not.toContain(/signature=(\w+)/.exec(address)?.[1]);
    }
  });
});

it("nor what a server repeats of a URL that it refuses", async () => {
  const server = createServer(({ url = "" }, response) => {
    response.writeHead(403).end(`${url} and ${decodeURIComponent(url)} do not match`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const serving = assertServes("a URL", `http://127.0.0.1:${port}/a?sig=c2VjcmV0%2Bc2VjcmV0`, Buffer.from("a"));
    const message = String(await serving.catch((error: unknown) => error));
    expect(message).toMatch(/GET of a URL is answered by 403 ".* do not match", promised is 200 and the object/);
    expect(message).not.toMatch(/c2VjcmV0/);
  } finally {
    server.close();
  }
});

describe("assertEqual", () => {
  it.each<[what: string, actual: unknown, expected: unknown, told: string]>([
    ["a number", 1, 2, "the answer: 1 came, promised is 2"],
    ["a key that is missing", ["a"], ["a", "b"], `[ 'a', 'b' ], and "b" is missing`],
    ["a key too much", new Set(["a", "b"]), new Set(["a"]), `, and "b" is too much`],
    ["a key that comes twice", ["a", "a"], ["a"], `, and "a" is too much`],
    ["another order", ["b", "a"], ["a", "b"], `, and "b" comes where "a" belongs`],
    ["many keys", new Array(7).fill("a"), [], `a list of 7 came, promised is [], and "a" is too much`],
    ["what is long", "a".repeat(500), "", `${"a".repeat(150)}`],
  ])("tells %s", (_, actual, expected, told) => {
    expect(() => assertEqual(actual, expected, "the answer")).toThrow(told);
  });

  it("accepts what is equal, and shows no more than some hundred characters", () => {
    assertEqual({ a: [1] }, { a: [1] }, "the answer");
    const long = () => assertEqual("a".repeat(5_000), "b".repeat(5_000), "the answer");
    expect(long).toThrow(/^.{400,500}$/);
  });
});

it("no case compares without a sentence", async () => {
  const folder = new URL("../src/cases/", import.meta.url);
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".ts"));
  expect(names.length).toBeGreaterThan(40);
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, folder), "utf8")));
  expect(texts.filter((text) => /assert\.(equal|deepEqual)\(/.test(text))).toEqual([]);
});

function changed(change: Change): HarnessParts {
  return {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, change(driver) as never);
    },
  };
}

/** Notes the URLs that are signed. */
function noting(parts: HarnessParts, signed: string[]): HarnessParts {
  const make = parts.driver ?? ((place) => new ReferenceDriver(place));
  return {
    ...parts,
    portable: (driver) => new Filesystem(driver),
    driver: (place) => {
      const driver = make(place);
      return wrapDriver(driver, {
        signUrl: async (key, options) => {
          const address = (await driver.signUrl?.(key, options)) ?? "";
          signed.push(address);
          return address;
        },
      });
    },
  };
}

async function messageOf(id: string, parts: HarnessParts): Promise<string> {
  const contractCase = cases.find((candidate) => candidate.id === id);
  if (!contractCase) throw new Error(`${id} is no case`);
  const outcome = await runCase(contractCase, referenceHarness(parts), { variant: "plain", settleMs: 1, seed: 42 });
  if (outcome.status !== "failed") throw new Error(`${id} has ${outcome.status}`);
  return String((outcome.error as Error).message);
}
