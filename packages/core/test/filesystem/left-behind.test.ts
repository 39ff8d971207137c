import { MemoryDriver } from "@stowage/memory";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Filesystem } from "../../src/index.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(process, "emitWarning").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Method = "stat" | "list" | "read" | "write" | "delete";

const CALLS: Readonly<Record<Method, (filesystem: Filesystem) => Promise<unknown>>> = {
  stat: (filesystem) => filesystem.stat("a"),
  list: (filesystem) => filesystem.list().next(),
  read: (filesystem) => filesystem.read("a"),
  write: (filesystem) => filesystem.write("a", Buffer.from("new")),
  delete: (filesystem) => filesystem.delete("a"),
};

for (const [method, call] of Object.entries(CALLS)) {
  it(`a ${method} that ignores its signal rejects with CLOSED once close has waited for it`, async () => {
    const { filesystem, reached, answer } = await withDeaf(method as Method);
    const outcome = call(filesystem).catch((error: unknown) => error);
    await reached;

    await closePatiently(filesystem);

    const expected = { code: "CLOSED", operation: method, message: expect.stringContaining("may still take effect") };
    expect(await outcome).toMatchObject(expected);
    answer(Promise.reject(new Error("too late"))); // which vitest reports if nobody handles it
  });
}

it("a readInto that ignores its signal rejects with CLOSED once close has waited for it", async () => {
  const { filesystem, reached } = await withDeaf("read");
  const outcome = filesystem.readInto(Buffer.alloc(1), "a", { start: 0 }).catch((error: unknown) => error);
  await reached;

  await closePatiently(filesystem);

  expect(await outcome).toMatchObject({ code: "CLOSED", operation: "read" });
});

for (const [what, read] of Object.entries({
  read: (filesystem: Filesystem) => filesystem.read("a"),
  readInto: (filesystem: Filesystem) => filesystem.readInto(Buffer.alloc(3), "a", { start: 0 }),
})) {
  it(`content that comes after a ${what} was left behind is let go of`, async () => {
    const { filesystem, reached, answer } = await withDeaf("read");
    const outcome = read(filesystem).catch((error: unknown) => error);
    await reached;
    await closePatiently(filesystem);
    await outcome;

    const released = new Promise<void>((resolve) => answer({ info: INFO, content: contentWith(resolve) }));

    await released;
  });
}

it("content whose driver never goes on is destroyed with CLOSED at once", async () => {
  const { filesystem, reached, answer } = await withDeaf("read");
  const reading = filesystem.read("a");
  await reached;
  const never = () => new Promise<never>(() => {});
  answer({ info: INFO, content: { [Symbol.asyncIterator]: () => ({ next: never, return: never }) } });
  const { content } = await reading;
  const outcome = content.toArray().catch((error: unknown) => error);

  await filesystem.close();

  expect(await outcome).toMatchObject({ code: "CLOSED", operation: "read", key: "a" });
});

const INFO = { key: "a", size: 3, modifiedAt: new Date(0) };

/** A filesystem that holds "a" and whose driver answers `method` when the test says so, whatever the signal. */
async function withDeaf(method: Method) {
  const driver = new MemoryDriver();
  const filesystem = new Filesystem(driver);
  await filesystem.write("a", Buffer.from("old"));
  let reach = () => {};
  const reached = new Promise<void>((resolve) => {
    reach = resolve;
  });
  let answer: (value: unknown) => void = () => {};
  const answered = new Promise<never>((resolve) => {
    answer = resolve as (value: unknown) => void;
  });
  driver[method] = () => {
    reach();
    return answered;
  };
  return { filesystem, reached, answer };
}

async function closePatiently(filesystem: Filesystem): Promise<void> {
  const closed = filesystem.close();
  await vi.advanceTimersByTimeAsync(10_000);
  await closed;
}

async function* contentWith(released: () => void): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield Buffer.from("old");
  } finally {
    released();
  }
}
