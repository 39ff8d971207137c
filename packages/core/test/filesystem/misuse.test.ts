import { MemoryDriver } from "@stowage/memory";
import { expect, it, vi } from "vitest";
import { Filesystem, mirrored, prefixed } from "../../src/index.ts";

type Untyped = Record<string, (...given: unknown[]) => Promise<unknown>>;

it.each<[string, unknown[], RegExp]>([
  ["open", ["now"], /options: not an object/],
  ["stat", ["a", { sigal: 1 }], /did you mean signal\?/],
  ["exists", ["a", { signal: {} }], /signal: not an AbortSignal/],
  ["read", ["a", null], /options: not an object/],
  ["readInto", [new Uint8Array(1), "a"], /not an object/],
  ["readInto", ["memory", "a", { start: 0 }], /memory: not a Uint8Array/],
  ["write", ["a", Buffer.from("x"), { ifNotExist: true }], /ifNotExist: no such option; did you mean ifNotExists\?/],
  ["write", ["a", Buffer.from("x"), { ifNotExists: "yes" }], /ifNotExists: not true or false/],
  ["delete", ["a", new AbortController().signal], /write \{ signal \}/],
  ["signUrl", ["a", {}], /expiresInMs: it is missing/],
])("%s(%j) is refused before the storage is opened", async (method, given, message) => {
  const driver = new MemoryDriver();
  const open = vi.spyOn(driver, "open");
  const filesystem = new Filesystem(driver);

  const call = (filesystem as unknown as Untyped)[method]?.apply(filesystem, given);

  await expect(call).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringMatching(message) });
  expect(open).not.toHaveBeenCalled();
});

it("mirrored and prefixed refuse what is no filesystem and no option", () => {
  const filesystem = new Filesystem(new MemoryDriver());
  const refusal = (pattern: RegExp) =>
    expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringMatching(pattern) });
  expect(() => mirrored(filesystem as never)).toThrow(refusal(/mirrored\(\[first, second\]\)/));
  expect(() => mirrored([{ filesystem, nam: "x" } as never])).toThrow(refusal(/destinations\[0\]\.nam: .*name\?/));
  expect(() => prefixed({} as never, "a")).toThrow(refusal(/not a Filesystem/));
});

it("mirrored refuses the same filesystem twice, also under two names: that would be one copy", () => {
  const filesystem = new Filesystem(new MemoryDriver());
  const other = new Filesystem(filesystem.driver);
  const refusal = expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringMatching(/there twice/) });

  for (const second of [filesystem, other, { name: "second", filesystem }]) {
    expect(() => mirrored([filesystem, second])).toThrow(refusal);
  }
  expect(() => mirrored([filesystem, new Filesystem(new MemoryDriver())])).not.toThrow();
});
