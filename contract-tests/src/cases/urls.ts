import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { assertBytes, assertError, assertObject, assertRejects } from "../assertions.ts";
import type { CaseContext } from "../case-context.ts";
import { KIB, textBytes } from "../content.ts";
import type { ContractCase } from "../contract-case.ts";
import type { DriverVerb } from "../faults/intercept-calls.ts";
import { recordCalls } from "../faults/record-calls.ts";
import { changedKeys, changedUrls } from "./changed-urls.ts";
import { ACCEPTED_KEYS } from "./key-samples.ts";

const MINUTE_MS = 60_000;
/** Services count whole seconds, and their clocks differ. */
const EXPIRY_PATIENCE_MS = 10_000;

export const urlCases: readonly ContractCase[] = [
  url("fetch", "a signed URL is fetched by a plain HTTP client, ranges too", async (context) => {
    const bytes = context.bytes(100 * KIB);
    await context.filesystem.write(context.key("a"), bytes);
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
    assertBytes(await fetched(address), bytes);
    const range = await fetch(address, { headers: { range: "bytes=10-19" } });
    assert.equal(range.status, 206, "a range is answered as a range");
    assertBytes(new Uint8Array(await range.arrayBuffer()), bytes.subarray(10, 20));
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
      if (early !== undefined) await assertDenied(early);
      await context.filesystem.write(context.key("a"), textBytes("old"));
      const address = await sign();
      await context.filesystem.write(context.key("a"), textBytes("the new content"));
      assertBytes(await fetched(address), textBytes("the new content"), "the object as it is");
      await context.filesystem.delete(context.key("a"));
      await assertDenied(address);
    },
  ),
  url("expiry", "a signed URL stops working when its time is over, and not before", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    const [address, lasting] = await Promise.all(
      [1_000, MINUTE_MS].map((expiresInMs) => context.filesystem.signUrl(context.key("a"), { expiresInMs })),
    );
    assert.ok(address && lasting, "URLs are signed");
    await delay(1_000);
    const deadline = performance.now() + EXPIRY_PATIENCE_MS;
    while (!(await isDenied(address))) {
      assert.ok(performance.now() < deadline, `a URL for 1 s works for ${EXPIRY_PATIENCE_MS / 1_000} s`);
      await delay(250);
    }
    assertBytes(await fetched(lasting), textBytes("a"), "what a URL for a minute serves meanwhile");
  }),
  url("other-methods", "a signed URL writes and deletes nothing", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
    await assertDenied(address, { method: "PUT", body: "overwritten" });
    await assertDenied(address, { method: "DELETE" });
    await assertObject(context.filesystem, context.key("a"), textBytes("a"));
  }),
  url("tampering", "a signed URL that was changed does not work: its key, its time, its signature", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    await context.filesystem.write(context.key("b"), textBytes("secret"));
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
    const others = changedKeys(address, { from: `${context.prefix}a`, to: `${context.prefix}b` });
    await assertDenied(others[0] ?? assert.fail("the URL names no key"));
    for (const other of others) {
      const served = await (await fetch(other)).text();
      assert.ok(!served.includes("secret"), `${other} serves another object`);
    }
    await assertDenied(address.split("?")[0] ?? address);
    for (const { name, isEssential, url } of changedUrls(address)) {
      const response = await fetch(url);
      const body = new Uint8Array(await response.arrayBuffer());
      const isRefused = response.status >= 400 && response.status < 500;
      if (!isRefused) assert.ok(!isEssential, `the URL works with another ${name}: ${response.status}`);
      if (!isRefused) assertBytes(body, textBytes("a"), `what is served with another ${name}`);
    }
  }),
  url("filename", "a signed URL tells the browser the file name, by default the key", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    for (const filename of [undefined, "my backup é.zip"]) {
      const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS, filename });
      const response = await fetch(address);
      await response.arrayBuffer();
      const disposition = decodeURIComponent(response.headers.get("content-disposition") ?? "");
      assert.ok(disposition.includes(filename ?? context.key("a")), `${disposition} names the file`);
      assert.ok(disposition.startsWith("attachment"), "the browser saves it");
    }
  }),
  url("bad-options", "a time that is no whole number of milliseconds from 1 to 7 days is refused", async (context) => {
    const calls: DriverVerb[] = [];
    const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
    for (const expiresInMs of [0, -1, 1.5, Number.NaN, 8 * 24 * 60 * MINUTE_MS]) {
      const sign = () => filesystem.signUrl(context.key("a"), { expiresInMs });
      await assertRejects(sign, "INVALID_ARGUMENT", { operation: "signUrl" });
    }
    assert.deepEqual(calls, [], "the driver is not called");
  }),
];

function url(id: string, title: string, run: (context: CaseContext) => Promise<void>): ContractCase {
  return { id: `urls/${id}`, title, tier: "fast", needs: ["signedUrls"], run };
}

async function assertServed({ filesystem }: CaseContext, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await filesystem.write(key, textBytes(`the content of ${key}`));
    const address = await filesystem.signUrl(key, { expiresInMs: MINUTE_MS });
    assertBytes(await fetched(address), textBytes(`the content of ${key}`), `the object ${key}`);
  }
}

async function fetched(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  const body = new Uint8Array(await response.arrayBuffer());
  assert.equal(response.status, 200, `${address} is served: ${response.status} ${Buffer.from(body).subarray(0, 200)}`);
  return body;
}

async function isDenied(address: string, init: RequestInit = {}): Promise<boolean> {
  const response = await fetch(address, init);
  await response.arrayBuffer();
  return response.status >= 400 && response.status < 500;
}

async function assertDenied(address: string, init: RequestInit = {}): Promise<void> {
  assert.ok(await isDenied(address, init), `${init.method ?? "GET"} of ${address} is refused`);
}
