import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { expect, test } from "vitest";
import { Filesystem, type FilesystemDriver } from "../../src/index.ts";

const bytes = Buffer.from("0123456789");

async function stored(read?: (driver: FilesystemDriver) => FilesystemDriver["read"]): Promise<Filesystem> {
  const driver = new MemoryDriver();
  await new Filesystem(driver).write("a", bytes);
  return new Filesystem(wrapDriver(driver, read ? { read: read(driver) } : {}));
}

/** A driver that yields other chunks than the object has. */
function yielding(chunks: () => AsyncIterable<Uint8Array>): (driver: FilesystemDriver) => FilesystemDriver["read"] {
  return (driver) => async (key, options) => ({ ...(await driver.read(key, options)), content: chunks() });
}

test("a range fills the memory, of whatever kind it is", async () => {
  const filesystem = await stored();
  const shared = Buffer.from(new SharedArrayBuffer(4));

  const info = await filesystem.readInto(shared, "a", { start: 3 });

  expect(info.size).toBe(10);
  expect(shared.toString()).toBe("3456");
});

test("no bytes may be asked for", async () => {
  expect((await (await stored()).readInto(Buffer.alloc(0), "a", { start: 2 })).size).toBe(10);
});

test.each([
  ["a missing key", "b", 0, { code: "NOT_FOUND" }],
  ["a bad key", "../a", 0, { code: "INVALID_KEY" }],
  ["a start behind the end", "a", 10, { code: "RANGE_NOT_SATISFIABLE" }],
  ["a start below 0", "a", -1, { code: "INVALID_ARGUMENT" }],
  ["a range that ends behind the object", "a", 8, { code: "SIZE_MISMATCH" }],
])("%s is an error that names the operation", async (_, key, start, refusal) => {
  const reading = (await stored()).readInto(Buffer.alloc(4), key, { start });

  await expect(reading).rejects.toMatchObject({ ...refusal, operation: "read", key });
});

test.each([
  ["too few bytes", [2]],
  ["too many bytes", [3, 2]],
  ["more than the memory holds in one chunk", [5]],
])("a driver that sends %s is caught", async (_, sizes) => {
  let isReleased = false;
  const filesystem = await stored(
    yielding(async function* () {
      try {
        for (const size of sizes) yield Buffer.alloc(size);
      } finally {
        isReleased = true;
      }
    }),
  );

  const reading = filesystem.readInto(Buffer.alloc(4), "a", { start: 0 });

  await expect(reading).rejects.toMatchObject({ code: "SIZE_MISMATCH", retryable: true });
  expect(isReleased).toBe(true);
});

test("an abort while the body comes is an AbortError", async () => {
  const controller = new AbortController();
  const filesystem = await stored((driver) => async (key, options) => {
    const { info } = await driver.read(key, options);
    const body = async function* () {
      yield Buffer.alloc(1);
      controller.abort("stop");
      options.signal.throwIfAborted();
    };
    return { info, content: body() };
  });

  const reading = filesystem.readInto(Buffer.alloc(4), "a", { start: 0, signal: controller.signal });

  await expect(reading).rejects.toMatchObject({ name: "AbortError", cause: "stop" });
});
