import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { afterEach, expect, it, vi } from "vitest";
import { BackupManager, Filesystem, type FilesystemDriver, mirrored, prefixed, StowageError } from "../../src/index.ts";
import { makeManager } from "../manager/manager-fixture.ts";

const ORIGINAL = new Error("the disk caught fire");

afterEach(() => vi.restoreAllMocks());

/** A driver as JavaScript sees it: what it returns may be anything. */
function driverWith(odd: Partial<Record<keyof FilesystemDriver, (...given: never[]) => unknown>>): FilesystemDriver {
  return wrapDriver(new MemoryDriver(), odd as Partial<FilesystemDriver>);
}

const CLASSIFIES: [kind: string, classify: (error: unknown) => unknown][] = [
  ["throws", fail],
  ["returns nothing", () => undefined],
  ["returns null", () => null],
  ["returns a text", () => "NOT_FOUND"],
  ["returns a number as code", () => ({ code: 404, retryable: true })],
  ["is async", async () => ({ code: "NOT_FOUND", retryable: true })],
  ["is async and rejects", async () => fail()],
];

it.each(CLASSIFIES)("a classify that %s loses no error of the driver: it is INTERNAL", async (_kind, classify) => {
  const filesystem = new Filesystem(driverWith({ stat: rejecting, classify }));

  for (const view of [filesystem, prefixed(filesystem, "p.")]) {
    await expect(view.stat("a")).rejects.toMatchObject({ code: "INTERNAL", retryable: false, cause: ORIGINAL });
  }
  const both = await mirrored([filesystem])
    .stat("a")
    .catch((error: unknown) => error);
  expect(both).toMatchObject({ code: "INTERNAL", retryable: false, cause: { errors: [{ cause: ORIGINAL }] } });
});

it.each(CLASSIFIES)("a mirror says which copy failed when the classify of its driver %s", async (_kind, classify) => {
  const broken = new Filesystem(driverWith({ write: rejecting, classify }));

  const { copies } = await mirrored([broken, new Filesystem(new MemoryDriver())]).write("a", Buffer.from("x"));

  expect(copies).toMatchObject([{ error: { code: "INTERNAL", cause: ORIGINAL } }, {}]);
});

it.each<[string, () => unknown, string]>([
  ["an object without a prototype", () => Object.create(null), "an object without a text was thrown"],
  ["an object whose text fails", () => ({ toString: fail }), "an object without a text was thrown"],
  ["a symbol", () => Symbol("x"), "Symbol(x)"],
  ["nothing", () => undefined, "undefined"],
  ["an error without a message", () => Object.assign(new Error("x"), { message: undefined }), "undefined"],
])("a driver that throws %s gives a StowageError with that as its cause", async (_kind, make, message) => {
  const thrown = make();
  const filesystem = new Filesystem(driverWith({ stat: () => Promise.reject(thrown) }));

  const error = await filesystem.stat("a").catch((caught: unknown) => caught);

  expect(error).toMatchObject({ code: "INTERNAL", message: `cannot stat "a": ${message}` });
  expect((error as Error).cause).toBe(thrown);
  expect(() => JSON.stringify(error)).not.toThrow();
});

it.each<[string, () => unknown]>([
  ["nothing", () => undefined],
  ["a list of files", () => []],
  ["a page without files", () => ({})],
  ["a file that is none", () => ({ files: [null] })],
  ["a file without a key", () => ({ files: [{ name: "a" }] })],
])("a driver that lists %s is INTERNAL", async (_kind, list) => {
  const pages = new Filesystem(driverWith({ list: async () => list() })).listPages();

  const error = await pages.next().catch((caught: unknown) => caught);

  expect(error).toBeInstanceOf(StowageError);
  expect(error).toMatchObject({
    code: "INTERNAL",
    message: expect.stringMatching(/^cannot list: the driver's list (resolves with|gives)/),
  });
});

it("a driver whose close is no promise is closed", async () => {
  const close = vi.fn();
  const filesystem = new Filesystem(driverWith({ close }));
  await filesystem.exists("a");

  await filesystem.close();

  expect(close).toHaveBeenCalledOnce();
});

it.each<[string, () => unknown]>([
  ["throws", () => rethrow()],
  ["rejects", rejecting],
])("a manager whose driver's close %s says so, and is closed", async (_kind, close) => {
  const { dataDir } = await makeManager();
  const manager = new BackupManager({ dataDir, filesystem: () => new Filesystem(driverWith({ close })) });
  await manager.create({ name: "a.zip" });

  await expect(manager.close()).rejects.toMatchObject({ code: "INTERNAL", operation: "close", cause: ORIGINAL });

  await expect(manager.list()).rejects.toMatchObject({ code: "CLOSED" });
});

it("a manager whose driver's close never ends is closed after the grace, with a warning that names it", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { dataDir } = await makeManager();
  const close = vi.fn(() => new Promise(() => {}));
  const manager = new BackupManager({ dataDir, filesystem: () => new Filesystem(driverWith({ close })) });
  await manager.list();

  const closed = manager.close();
  await vi.advanceTimersByTimeAsync(10_000);
  await closed;
  vi.useRealTimers();

  expect(close).toHaveBeenCalledOnce();
  const warnings = warn.mock.calls.map(([message]) => String(message));
  expect(warnings).toContainEqual(expect.stringMatching(/memory filesystem was closed after 10 s.*: close$/));
});

function fail(): never {
  throw new Error("not this one");
}

function rethrow(): never {
  throw ORIGINAL;
}

async function rejecting(): Promise<never> {
  throw ORIGINAL;
}
