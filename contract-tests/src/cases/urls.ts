import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { assertBytes, assertObject, assertRejects } from "../assertions.ts";
import type { CaseContext } from "../case-context.ts";
import { KIB, textBytes } from "../content.ts";
import type { ContractCase } from "../contract-case.ts";
import type { DriverVerb } from "../faults/intercept-calls.ts";
import { recordCalls } from "../faults/record-calls.ts";
import { ACCEPTED_KEYS } from "./key-samples.ts";

const MINUTE_MS = 60_000;

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
  url("keys", "a signed URL works for every accepted key", async (context) => {
    for (const { id, make } of ACCEPTED_KEYS) {
      await context.filesystem.write(make(context), textBytes(id));
      const address = await context.filesystem.signUrl(make(context), { expiresInMs: MINUTE_MS });
      assertBytes(await fetched(address), textBytes(id), `the object ${make(context)}`);
    }
  }),
  url("expiry", "a signed URL stops working", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: 1_000 });
    await delay(2_500); // services count whole seconds
    await assertDenied(address);
  }),
  url("other-methods", "a signed URL writes and deletes nothing", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
    await assertDenied(address, { method: "PUT", body: "overwritten" });
    await assertDenied(address, { method: "DELETE" });
    await assertObject(context.filesystem, context.key("a"), textBytes("a"));
  }),
  url("tampering", "a signed URL that was changed does not work", async (context) => {
    await context.filesystem.write(context.key("a"), textBytes("a"));
    await context.filesystem.write(context.key("b"), textBytes("secret"));
    const address = await context.filesystem.signUrl(context.key("a"), { expiresInMs: MINUTE_MS });
    const other = address.replace(`${context.prefix}a`, `${context.prefix}b`);
    assert.notEqual(other, address, "the URL names the key");
    await assertDenied(other);
    await assertDenied(address.split("?")[0] ?? address);
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
  return { id: `urls/${id}`, title, tier: "remote", needs: ["signedUrls"], run };
}

async function fetched(address: string): Promise<Uint8Array> {
  const response = await fetch(address);
  const body = new Uint8Array(await response.arrayBuffer());
  assert.equal(response.status, 200, `${address} is served: ${response.status} ${Buffer.from(body).subarray(0, 200)}`);
  return body;
}

async function assertDenied(address: string, init: RequestInit = {}): Promise<void> {
  const response = await fetch(address, init);
  await response.arrayBuffer();
  assert.ok(
    response.status >= 400 && response.status < 500,
    `${init.method ?? "GET"} is refused, not ${response.status}`,
  );
}
