import { expect, test } from "vitest";
import { CheckedContent } from "../../../src/filesystem/content/checked-content.ts";
import { LastingChunks } from "../../../src/filesystem/content/lasting-chunks.ts";
import { type Content, openSource } from "../../../src/filesystem/content/source.ts";

const chunks = ["one", "two", "three"].map((text) => Buffer.from(text));

async function* content(): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

async function passedOn(source: Content): Promise<Uint8Array[]> {
  const passed: Uint8Array[] = [];
  const rules = { signal: new AbortController().signal, admit: () => {} };
  for await (const chunk of new CheckedContent(openSource(source), rules)) passed.push(chunk);
  return passed;
}

test("chunks that last reach the driver without a copy, others as copies that it may keep", async () => {
  const [lasting, others] = [await passedOn(new LastingChunks(content())), await passedOn(content())];

  expect([lasting, others]).toEqual([chunks, chunks]);
  expect(lasting.map((chunk, index) => chunk === chunks[index])).toEqual([true, true, true]);
  expect(others.map((chunk, index) => chunk === chunks[index])).toEqual([false, false, false]);
});
