import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertBytes, assertError, assertObject, assertRejects } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { KIB, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import type { DriverVerb } from "../../faults/intercept-calls.ts";
import { recordCalls } from "../../faults/record-calls.ts";
import { ACCEPTED_KEYS } from "../key/key-samples.ts";
import { changedKeys, changedUrls } from "./changed-urls.ts";
import { ask, assertDenied, assertServes, isDenial } from "./signed-request.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The longest that may be asked for. */
const WEEK_MS = 7 * 24 * HOUR_MS;
/** Services count whole seconds, and their clocks differ. */
const EXPIRY_PATIENCE_MS = 10_000;

export const urlCases: readonly ContractCase[] = [
  url("fetch", "a signed URL is fetched by a plain HTTP client, ranges too", async (context) => {
    const bytes = context.bytes(100 * KIB);
    await context.filesystem.write(context.key("a"), bytes);
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
    assert.ok(!/[^!-~]/.test(address), "a signed URL has spaces or other characters in it that no URL has");
    await assertServes("a signed URL", address, bytes);
    const range = await ask("a signed URL", address, { headers: { range: "bytes=10-19" } });
    assertEqual(range.status, 206, "the status by which a signed URL answers a range");
    assertBytes(range.body, bytes.subarray(10, 20), "the range 10–19 that a signed URL serves");
  }),
  url("special-keys", "a signed URL works for a key of characters that mean something in URLs", async (context) => {
    await assertServed(context, [
      context.key(`a#b?c&d=e+f g%20%2F;:'"<>*`),
      context.key("语📦e\u0301~"),
      context.key("a."),
    ]);
  }),
  {
    ...url("keys", "a signed URL works for every accepted key", async (context) => {
      const keys = ACCEPTED_KEYS.map(({ make }) => make(context));
      await assertServed(context, keys);
    }),
    tier: "remote",
  },
  url(
    "missing",
    "a signed URL of a missing object serves nothing, and of a replaced one the new content",
    async (context) => {
      const sign = () => context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
      const early = await sign().catch((error: unknown) => assertError(error, ["NOT_FOUND"]));
      if (early !== undefined) await assertDenied("the URL of a missing object", early);
      await context.filesystem.write(context.key("a"), textBytes("old"));
      const address = await sign();
      await context.filesystem.write(context.key("a"), textBytes("the new content"));
      await assertServes("the URL of an object that was replaced since", address, textBytes("the new content"));
      await context.filesystem.delete(context.key("a"));
      await assertDenied("the URL of an object that was deleted since", address);
    },
  ),
  url("expiry", "a signed URL stops working when its time is over, and not before", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: 1_000 });
    const lasting = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
    await delay(1_000);
    const deadline = performance.now() + EXPIRY_PATIENCE_MS;
    while (!isDenial((await ask("a URL for 1 s", address)).status)) {
      assert.ok(performance.now() < deadline, `a URL for 1 s still works after ${EXPIRY_PATIENCE_MS / 1_000} s`);
      await delay(250);
    }
    await assertServes("a URL for a minute, while one for 1 s expires,", lasting, textBytes("a"));
    // A service that counts whole seconds may take most of one away: one of some such URLs works.
    const sign = () => context.filesystem.signUrl(context.key("a"), { expiresInMs: 1_000 });
    let answer = await ask("a URL for 1 s", await sign());
    for (let tries = 0; tries < 20 && isDenial(answer.status); tries++) {
      await delay(100);
      answer = await ask("a URL for 1 s", await sign());
    }
    assertEqual(answer.status, 200, "the status of a URL for 1 s, signed when an equal one has expired");
  }),
  url("longest", "a URL for seven days works, and is another than one for a day or an hour", async (context) => {
    const key = context.key("a");
    await context.filesystem.write(key, textBytes("a"));
    for (let round = 0; round < 5; round++) {
      const signing = [HOUR_MS, 24 * HOUR_MS, WEEK_MS].map((expiresInMs) =>
        context.filesystem.signUrl(key, { expiresInMs }),
      );
      const urls = await Promise.all(signing); // where a longer time is cut, they are equal unless a clock ticks between
      assertEqual(new Set(urls).size, urls.length, "how many different URLs three different times give");
      if (round === 0) await assertServes("a URL for seven days", urls.at(-1) ?? "", textBytes("a"));
    }
  }),
  url("other-methods", "a signed URL writes and deletes nothing", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
    await assertDenied("a URL for GET", address, { method: "PUT", body: "overwritten" });
    await assertDenied("a URL for GET", address, { method: "DELETE" });
    await assertObject(context.filesystem, context.key("a"), textBytes("a"));
  }),
  url("tampering", "a signed URL that was changed does not work: its key, its time, its signature", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    await context.filesystem.write(context.key("b"), textBytes("secret"));
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
    const others = changedKeys(address, { from: `${context.prefix}a`, to: `${context.prefix}b` });
    await assertDenied("a URL with another key", others[0] ?? assert.fail("the signed URL names no key"));
    for (const other of others) {
      const { body } = await ask("a URL with another key", other);
      assert.ok(!body.includes("secret"), 'a URL of "a" in which the key is changed to "b" serves "b"');
    }
    await assertDenied("a URL without its parameters", address.split("?")[0] ?? address);
    for (const { name, isEssential, url } of changedUrls(address)) {
      const { status, body } = await ask(`a URL with another ${name}`, url);
      if (isDenial(status)) continue;
      assert.ok(!isEssential, `a URL with another ${name} is answered by ${status}, promised is a refusal`);
      assertBytes(body, textBytes("a"), `what a URL with another ${name} serves`);
    }
  }),
  url("filename", "a signed URL tells the browser the file name, by default the key", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    for (const filename of [undefined, `my "1st"; it's é.zip`]) {
      const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS, filename });
      const { headers } = await ask("a signed URL", address);
      const found = decodeURIComponent(headers.get("content-disposition") ?? "").replaceAll('\\"', '"');
      const name = filename ?? context.key("a");
      const isTold = found.startsWith("attachment") && found.includes(name);
      const promised = `an attachment of the name ${JSON.stringify(name)}`;
      assert.ok(isTold, `the Content-Disposition of a signed URL is ${JSON.stringify(found)}, promised is ${promised}`);
    }
  }),
  {
    ...url(
      "bad-options",
      "a time that is no whole number of milliseconds from 1 to 7 days is refused",
      async (context) => {
        const calls: DriverVerb[] = [];
        const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
        for (const expiresInMs of [0, -1, 1.5, Number.NaN, 8 * 24 * 60 * MINUTE_MS]) {
          const sign = () => filesystem.signUrl(context.key("a"), { expiresInMs });
          await assertRejects(sign, "INVALID_ARGUMENT", { operation: "signUrl" });
        }
        assertEqual(calls, [], "the calls of a driver whose URLs have bad options");
      },
    ),
    isPortable: true,
  },
];

function url(id: string, title: string, run: (context: CaseContext) => Promise<void>): ContractCase {
  return { id: `urls/${id}`, title, tier: "fast", needs: ["signedUrls"], run };
}

async function assertServed({ filesystem }: CaseContext, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await filesystem.write(key, textBytes(`the content of ${key}`));
    const address = await filesystem.signUrl(key, { expiresInMs: MINUTE_MS });
    await assertServes(`the URL of ${key}`, address, textBytes(`the content of ${key}`));
  }
}
