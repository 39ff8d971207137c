import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type DriverVerb, recordCalls, wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { describe, expect, it } from "vitest";
import { type Content, Filesystem, type FilesystemDriver, prefixed, StowageError } from "../../src/index.ts";

describe("content to write", () => {
  const bytes = Buffer.from("some bytes to store");
  const pieces = [bytes.subarray(0, 4), new Uint8Array(0), bytes.subarray(4, 5), bytes.subarray(5)];

  it.each<[string, () => Content]>([
    ["a buffer", () => bytes],
    ["a Uint8Array", () => new Uint8Array(bytes)],
    ["a Node stream", () => Readable.from(pieces)],
    ["a Node stream in byte mode", () => Readable.from(pieces, { objectMode: false })],
    ["a web stream", () => new Blob(pieces).stream()],
    ["an array of chunks", () => pieces],
    ["an async generator that uses its buffer again", () => reusing(pieces)],
  ])("may be %s", async (_kind, content) => {
    const filesystem = new Filesystem(new MemoryDriver());

    const info = await filesystem.write("a", content(), { size: bytes.length });

    expect(info.size).toBe(bytes.length);
    expect(await buffer((await filesystem.read("a")).content)).toEqual(bytes);
  });

  it.each<[string, () => unknown]>([
    ["a string", () => "text"],
    ["undefined", () => undefined],
    ["a number", () => 7],
    ["a plain object", () => ({})],
    ["a list of strings", () => ["text"]],
    ["a list of numbers", () => [1, 2]],
    ["a destroyed stream", () => Readable.from(pieces).destroy()],
    ["a locked web stream", () => lockedStream()],
  ])("may not be %s", async (_kind, content) => {
    const { filesystem } = recorded();

    const write = filesystem.write("a", content() as Content);

    await expect(write).rejects.toMatchObject({ code: "INVALID_ARGUMENT", operation: "write", key: "a" });
    expect(await filesystem.exists("a")).toBe(false);
  });

  it("may not be a stream that was read to its end", async () => {
    const node = Readable.from(pieces);
    await buffer(node);
    const web = new Blob([bytes]).stream();
    await buffer(web);
    const filesystem = new Filesystem(new MemoryDriver());

    await expect(filesystem.write("a", node)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(filesystem.write("a", web)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("that fails before it is asked for is the content's failure, not an uncaught one", async () => {
    const failure = new Error("the disk caught fire");
    const content = new Readable({ read() {} });
    const driver = wrapDriver(new MemoryDriver(), { open: () => new Promise((resolve) => setImmediate(resolve)) });

    const write = new Filesystem(driver).write("a", content);
    content.destroy(failure);

    await expect(write).rejects.toMatchObject({ code: "SOURCE_UNREADABLE", cause: failure });
  });

  it("keeps the code of a StowageError that it throws", async () => {
    const failure = new StowageError("SOURCE_CHANGED", "a.log changed each time it was read");
    const content = (async function* () {
      yield bytes;
      throw failure;
    })();

    const write = new Filesystem(new MemoryDriver()).write("a", content);

    await expect(write).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      operation: "write",
      key: "a",
      retryable: true,
    });
  });

  it("is let go of when the write is refused, fails or is aborted", async () => {
    const failing = wrapDriver(new MemoryDriver(), { write: () => Promise.reject(new Error("no")) });
    const attempts: ((content: Readable) => Promise<unknown>)[] = [
      (content) => new Filesystem(new MemoryDriver()).write("/", content),
      (content) => new Filesystem(new MemoryDriver()).write("a", content, { size: -1 }),
      (content) => new Filesystem(failing).write("a", content),
      (content) => new Filesystem(new MemoryDriver()).write("a", content, { signal: AbortSignal.abort() }),
      (content) => {
        const controller = new AbortController();
        setImmediate(() => controller.abort());
        return new Filesystem(new MemoryDriver()).write("a", content, { signal: controller.signal });
      },
    ];
    for (const attempt of attempts) {
      const content = new Readable({ read() {} });
      await expect(attempt(content)).rejects.toBeInstanceOf(StowageError);
      expect(content.destroyed).toBe(true);
    }
  });
});

describe("a driver that misbehaves", () => {
  it("does not pass for a success when it commits before the content has ended", async () => {
    const driver = new MemoryDriver();
    const hasty = wrapDriver(driver, {
      write: (key, _content, options) => driver.write(key, Readable.from([]), options),
    });

    const write = new Filesystem(hasty).write("a", Buffer.from("abc"));

    await expect(write).rejects.toMatchObject({ code: "INTERNAL" });
  });

  it("does not pass for a success when it stores another number of bytes", async () => {
    const driver = new MemoryDriver();
    const lossy = wrapDriver(driver, {
      write: async (key, content, options) => ({ ...(await driver.write(key, content, options)), size: 2 }),
    });

    const write = new Filesystem(lossy).write("a", Buffer.from("abc"));

    await expect(write).rejects.toMatchObject({ code: "SIZE_MISMATCH" });
  });

  it.each([
    ["too few", -1],
    ["too many", 1],
  ])("is found out when it sends %s bytes", async (_amount, difference) => {
    const driver = new MemoryDriver();
    const lying = wrapDriver(driver, {
      read: async (key, options) => {
        const { info, content } = await driver.read(key, options);
        return { info: { ...info, size: info.size - difference }, content };
      },
    });
    const filesystem = new Filesystem(lying);
    await driver.write("a", Readable.from([Buffer.from("abc")]), { signal: new AbortController().signal });

    const { content } = await filesystem.read("a");

    await expect(buffer(content)).rejects.toMatchObject({ code: "SIZE_MISMATCH", retryable: true, key: "a" });
  });

  it.each<[string, FilesystemDriver["list"]]>([
    ["the same cursor for ever", async () => ({ files: [], cursor: "again" })],
    ["new cursors with nothing behind them", async ({ cursor }) => ({ files: [], cursor: `${cursor}x` })],
    [
      "a page that leads back",
      async ({ cursor }) => ({ files: [file(cursor ? "a" : "b")], cursor: cursor ? undefined : "1" }),
    ],
    ["an order that is not that of UTF-8", async () => ({ files: [file("\u{1F600}"), file("\uff01")] })],
  ])("cannot make a list endless or short by %s", async (_flaw, list) => {
    const filesystem = new Filesystem(wrapDriver(new MemoryDriver(), { list }));

    await expect(Readable.from(filesystem.list()).toArray()).rejects.toMatchObject({
      code: "INTERNAL",
      operation: "list",
    });
  });
});

describe("opening", () => {
  it("happens once for calls at the same time, and again after it has failed", async () => {
    let attempts = 0;
    const driver = wrapDriver(new MemoryDriver(), {
      open: async () => {
        attempts++;
        if (attempts === 1) throw Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
      },
    });
    const filesystem = new Filesystem(driver);

    const first = await Promise.allSettled([filesystem.exists("a"), filesystem.exists("b"), filesystem.open()]);

    expect(first.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(attempts).toBe(1);
    await Promise.all([filesystem.exists("a"), filesystem.exists("b")]);
    expect(attempts).toBe(2);
  });

  it("goes on while anybody waits for it, and is aborted when nobody does", async () => {
    const signals: AbortSignal[] = [];
    const driver = wrapDriver(new MemoryDriver(), {
      open: ({ signal }) => {
        signals.push(signal);
        return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      },
    });
    const filesystem = new Filesystem(driver);
    const [first, second] = [new AbortController(), new AbortController()];
    const calls = [first, second].map(({ signal }) => filesystem.exists("a", { signal }));
    const settled = Promise.allSettled(calls);
    await new Promise(setImmediate);

    first.abort();
    await expect(calls[0]).rejects.toMatchObject({ code: "ABORTED" });
    expect(signals[0]?.aborted).toBe(false);
    second.abort();
    await settled;

    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe("content that is read", () => {
  it("that nobody listens to harms nobody when the filesystem closes", async () => {
    const filesystem = new Filesystem(new MemoryDriver());
    await filesystem.write("a", Buffer.alloc(100_000));
    const { content } = await filesystem.read("a");

    await filesystem.close();

    expect(content.destroyed).toBe(true);
    expect(content.errored).toMatchObject({ code: "CLOSED", key: "a" });
  });

  it("releases the driver's iterator though it was never read", async () => {
    let released = 0;
    const driver = new MemoryDriver();
    const watched = wrapDriver(driver, {
      read: async (key, options) => {
        const { info } = await driver.read(key, options);
        const content = (async function* () {
          try {
            yield Buffer.alloc(5);
            yield Buffer.alloc(5);
          } finally {
            released++;
          }
        })();
        return { info, content };
      },
    });
    const filesystem = new Filesystem(watched);
    await filesystem.write("a", Buffer.alloc(10));

    const { content } = await filesystem.read("a");
    content.destroy();
    await filesystem.close();

    expect(released).toBe(1);
  });
});

describe("an option that the driver does not declare", () => {
  it.each([
    ["contentType", (filesystem: Filesystem) => filesystem.write("a", Buffer.from("x"), { contentType: "text/plain" })],
    ["signUrl", (filesystem: Filesystem) => filesystem.signUrl("a", { expiresInMs: 1_000 })],
  ])("is refused before any I/O: %s", async (_option, use) => {
    const { filesystem, calls } = recorded();

    await expect(use(filesystem)).rejects.toMatchObject({ code: "UNSUPPORTED" });
    expect(calls).toEqual([]);
  });

  it("such as a larger conditional write is refused as soon as it is known, and stores nothing", async () => {
    const driver = new MemoryDriver();
    const { limits } = driver.capabilities;
    const capabilities = { ...driver.capabilities, limits: { ...limits, conditionalCreateSize: 10 } };
    const filesystem = new Filesystem(wrapDriver(driver, { capabilities }));
    const chunks = [Buffer.alloc(6), Buffer.alloc(6)];

    for (const options of [{ ifNotExists: true }, { ifNotExists: true, size: 12 }]) {
      await expect(filesystem.write("a", chunks, options)).rejects.toMatchObject({ code: "UNSUPPORTED" });
    }
    expect(await filesystem.exists("a")).toBe(false);
    await expect(filesystem.write("a", chunks)).resolves.toMatchObject({ size: 12 });
  });
});

describe("prefixes", () => {
  it("add at most 40 bytes to a key, all together", () => {
    const filesystem = new Filesystem(new MemoryDriver());
    const tooLong = expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining("prefix") });

    expect(() => prefixed(filesystem, "p".repeat(41))).toThrow(tooLong);
    expect(() => prefixed(prefixed(filesystem, "p".repeat(20)), "ü".repeat(11))).toThrow(tooLong);
    expect(() => prefixed(filesystem, ".hidden")).toThrow(tooLong);
    expect(() => prefixed(prefixed(filesystem, "p".repeat(20)), "ü".repeat(10))).not.toThrow();
  });

  it("leave the filesystem open when the view is closed", async () => {
    const filesystem = new Filesystem(new MemoryDriver());
    const view = prefixed(filesystem, "app-a.");
    await view.write("x", Buffer.from("1"));

    await view.close();

    await expect(view.exists("x")).rejects.toMatchObject({ code: "CLOSED" });
    expect(await filesystem.exists("app-a.x")).toBe(true);
  });

  it("are closed with the filesystem behind them", async () => {
    const filesystem = new Filesystem(new MemoryDriver());
    const view = prefixed(filesystem, "app-a.");
    await view.write("x", Buffer.from("1"));

    await filesystem.close();

    await expect(view.read("x")).rejects.toMatchObject({ code: "CLOSED" });
    await expect(view.write("x", Buffer.from("2"))).rejects.toMatchObject({ code: "CLOSED" });
  });
});

function recorded(): { filesystem: Filesystem; calls: string[] } {
  const calls: DriverVerb[] = [];
  return { filesystem: new Filesystem(recordCalls(new MemoryDriver(), calls)), calls };
}

function file(key: string) {
  return { key, size: 0, modifiedAt: new Date(0) };
}

function lockedStream(): ReadableStream {
  const stream = new Blob(["x"]).stream();
  stream.getReader();
  return stream;
}

/** Yields every piece in one buffer, which is overwritten as soon as the next one is asked for. */
async function* reusing(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  const shared = Buffer.alloc(64);
  for (const piece of pieces) {
    shared.set(piece);
    yield shared.subarray(0, piece.length);
    shared.fill(0);
  }
}
