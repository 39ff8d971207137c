import { MemoryDriver } from "@stowage/memory";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Filesystem, type FilesystemDriver, prefixed } from "../../src/index.ts";

const rejections: unknown[] = [];
const note = (reason: unknown): void => void rejections.push(reason);
let listeners: NodeJS.UnhandledRejectionListener[] = [];

beforeEach(() => {
  listeners = process.listeners("unhandledRejection");
  process.removeAllListeners("unhandledRejection").on("unhandledRejection", note);
});
afterEach(() => {
  process.removeAllListeners("unhandledRejection");
  for (const listener of listeners) process.on("unhandledRejection", listener);
});

const info = { key: "a", size: 1, modifiedAt: new Date(0) };
const yielding = (value: unknown) => ({
  async *[Symbol.asyncIterator]() {
    yield value;
  },
});

describe("a driver that answers in the wrong shape", () => {
  it.each<[keyof FilesystemDriver, unknown, string]>([
    ["stat", undefined, "stat resolves with undefined, not with { key, size, modifiedAt }"],
    ["stat", { ...info, key: 1 }, "stat gives a description whose key is 1, not a string"],
    ["stat", { ...info, size: "1" }, "stat gives a description whose size is a string, not a whole number of bytes"],
    ["stat", { ...info, modifiedAt: 0 }, "stat gives a description whose modifiedAt is 0, not a Date"],
    [
      "stat",
      { ...info, modifiedAt: new Date("x") },
      "stat gives a description whose modifiedAt is a Date that is no time",
    ],
    ["list", [info], "list resolves with an Array, not with { files, cursor? }"],
    ["list", { files: [{}] }, "list gives a description whose key is undefined"],
    ["list", { files: [], cursor: null }, "list gives a cursor that is null: a string, or left out at the end"],
    ["read", Buffer.from("a"), "read resolves with a Buffer, not with { info, content }"],
    ["read", { info, content: Buffer.from("a") }, "read gives content that is a Buffer, not an async iterable"],
    ["read", { info, content: yielding("a") }, "read gives content that yields a string, not a Uint8Array"],
    ["write", undefined, "write resolves with undefined, not with { key, size, modifiedAt }"],
  ])("%s → %j is told in one sentence, and harms nothing else", async (verb, answer, sentence) => {
    for (const wrap of [(base: Filesystem) => base, (base: Filesystem) => prefixed(base, "p.")]) {
      const base = new Filesystem(answering(verb, answer));
      const error = await use(wrap(base)).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "INTERNAL", reason: "driver-shape", retryable: false });
      expect(String(error)).toContain(`the driver's ${sentence}`);
      await base.close();
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(rejections).toEqual([]);
  });

  it("may answer without a promise where nothing is to be told, and throw rather than reject", async () => {
    const plain = new Filesystem(answering("close", undefined, (value) => value as never));
    await plain.exists("a");
    await plain.close();
    const throwing = Object.assign(new MemoryDriver(), {
      stat: () => {
        throw new Error("at once");
      },
    });
    await expect(new Filesystem(throwing).stat("a")).rejects.toMatchObject({ operation: "stat", key: "a" });
  });

  it("may throw when its content is left early", async () => {
    const content = {
      [Symbol.asyncIterator]: () => ({
        next: async () => ({ done: false, value: Buffer.from("a") }),
        return: () => {
          throw new Error("cannot be left");
        },
      }),
    };
    const filesystem = new Filesystem(answering("read", { info: { ...info, size: 10 }, content }));
    const read = await filesystem.read("a");
    read.content.destroy();
    await filesystem.close();
    expect(rejections).toEqual([]);
  });
});

it.each<[unknown, string]>([
  [MemoryDriver, "driver: a class or function; write new Filesystem(new MyDriver())"],
  [undefined, "driver: not an object"],
  [{ ...driver(), classify: undefined }, "driver: it has no method classify"],
  [{ ...driver(), kind: undefined }, "driver.kind: not a short name"],
  [declaring({ limits: undefined }), "driver.capabilities.limits: it is missing"],
  [declaring({ limits: { pageSize: 0, timestampResolutionMs: 1 } }), "limits.pageSize: not a whole number from 1 on"],
  [declaring({ limits: { pageSize: 1 } }), "limits.timestampResolutionMs: not a number of milliseconds from 0 on"],
  [declaring({ limits: { pageSize: 1, timestampResolutionMs: 1, partSize: "5 MiB" } }), "limits.partSize: not a whole"],
  [declaring({ signedUrls: true }), "driver.signUrl: it is missing, and driver.capabilities.signedUrls is true"],
])("what cannot be a driver is refused at once, in one sentence: case %#", (given, sentence) => {
  expect(() => new Filesystem(given as FilesystemDriver)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(sentence) }),
  );
});

function driver(): Record<string, unknown> {
  const memory = new MemoryDriver();
  const names = ["open", "stat", "list", "read", "write", "delete", "close", "classify"] as const;
  const methods = names.map((name) => [name, memory[name].bind(memory)]);
  return { kind: memory.kind, capabilities: memory.capabilities, ...Object.fromEntries(methods) };
}

function declaring(changes: Record<string, unknown>): Record<string, unknown> {
  return { ...driver(), capabilities: { ...new MemoryDriver().capabilities, ...changes } };
}

function answering(
  verb: keyof FilesystemDriver,
  answer: unknown,
  wrap = (value: unknown) => Promise.resolve(value),
): FilesystemDriver {
  return { ...driver(), [verb]: () => wrap(answer) } as unknown as FilesystemDriver;
}

async function use(filesystem: Filesystem): Promise<void> {
  await filesystem.write("a", Buffer.from("a"));
  await filesystem.stat("a");
  for await (const _ of filesystem.list());
  await (await filesystem.read("a")).content.toArray();
}
