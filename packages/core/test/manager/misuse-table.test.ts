import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it, vi } from "vitest";
import { BackupManager, StowageError } from "../../src/index.ts";

/** A manager as JavaScript sees it. */
type Untyped = Record<string, (...given: unknown[]) => Promise<unknown>>;

/** What the methods that take options take before them. */
const BEFORE_OPTIONS: Readonly<Record<string, readonly unknown[]>> = {
  create: [],
  list: [],
  upload: ["a.zip", Buffer.from("x")],
  download: ["a.zip"],
  delete: ["a.zip"],
  restore: ["a.zip"],
  rollback: [],
  verify: ["a.zip"],
  entries: ["a.zip"],
  openEntry: ["a.zip", "data.db"],
  extract: ["a.zip"],
  prune: [{ keepLast: 1 }],
  checkHealth: [],
  drill: [],
};
const WITHOUT_OPTIONS = [
  "keptPrevious",
  "confirm",
  "recover",
  "status",
  "history",
  "schedule",
  "cancel",
  "on",
  "close",
];
const OPTIONS = Object.keys(BEFORE_OPTIONS);
const WITH_KEY = OPTIONS.filter((method) => BEFORE_OPTIONS[method]?.[0] === "a.zip");

const WRONG_OPTIONS: [kind: string, options: unknown, code: string][] = [
  ["null", null, "INVALID_ARGUMENT"],
  ["a text", "a.zip", "INVALID_ARGUMENT"],
  ["a number", 7, "INVALID_ARGUMENT"],
  ["a flag", true, "INVALID_ARGUMENT"],
  ["a list", [], "INVALID_ARGUMENT"],
  ["a function", () => {}, "INVALID_ARGUMENT"],
  ["a signal", new AbortController().signal, "INVALID_ARGUMENT"],
  ["an unknown name", { nosuch: 1 }, "INVALID_ARGUMENT"],
  ["a signal that is none", { signal: { aborted: false, addEventListener() {} } }, "INVALID_ARGUMENT"],
  ["a controller in place of its signal", { signal: new AbortController() }, "INVALID_ARGUMENT"],
  ["a signal that is null", { signal: null }, "INVALID_ARGUMENT"],
  ["an aborted signal", { signal: AbortSignal.abort() }, "ABORTED"],
];

const WRONG_KEYS: [kind: string, key: unknown][] = [
  ["undefined", undefined],
  ["null", null],
  ["a number", 7],
  ["a list", ["a.zip"]],
  ["an object", { key: "a.zip" }],
  ["a URL", new URL("file:///a.zip")],
  ["an empty text", ""],
  ["a path", "backups/a.zip"],
  ["a path of Windows", "backups\\a.zip"],
  ["a way out", "../a.zip"],
  ["a hidden name", ".a.zip"],
  ["a line", "a.zip\n"],
  ["a name of 201 bytes", "a".repeat(201)],
];

it("every public method of a manager is in this table", () => {
  const classes = [BackupManager, Object.getPrototypeOf(BackupManager)];
  const names = classes.flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype));
  const methods = names.filter((name) => name !== "constructor");
  expect([...OPTIONS, ...WITHOUT_OPTIONS].sort()).toEqual(methods.sort());
});

describe.each(OPTIONS)("%s", (method) => {
  it.each(WRONG_OPTIONS)("refuses %s as options, and touches nothing", async (_kind, options, code) => {
    await expectRefusal(method, [...(BEFORE_OPTIONS[method] ?? []), withTarget(method, options)], { code });
  });
});

describe.each(WITH_KEY)("%s", (method) => {
  const after = method === "upload" ? [Buffer.from("x")] : [];

  it.each(WRONG_KEYS)("refuses %s as key, and touches nothing", async (_kind, key) => {
    await expectRefusal(method, [key, ...after, withTarget(method, {})], { code: "INVALID_KEY" });
  });

  it("refuses to do anything without arguments", async () => {
    await expectRefusal(method, [], { code: expect.stringMatching(/^INVALID_(KEY|ARGUMENT)$/) });
  });
});

it.each([
  ["confirm", { code: "NOT_FOUND" }],
  ["keptPrevious", undefined],
  ["recover", undefined],
])("%s takes no arguments: what is given to it changes nothing", async (method, refusal) => {
  for (const given of ["a.zip", null, { nosuch: 1 }]) await expectRefusal(method, [given], refusal);
});

/** Calls the method and expects the error, and that neither the storage nor the disk has seen anything of it. */
async function expectRefusal(method: string, given: readonly unknown[], refusal: object | undefined): Promise<void> {
  const place = await temporaryDirectory();
  const dataDir = join(place, "data");
  await writeTree(dataDir, { "data.db": "a database" });
  const open = vi.fn();
  const manager = new BackupManager({ dataDir, filesystem: open });
  const told = vi.fn();
  for (const event of ["start", "progress", "done", "failed"] as const) manager.on(event, told);

  const outcome = await (manager as unknown as Untyped)[method]?.(...given).catch((error: unknown) => error);

  if (refusal) {
    expect(outcome).toBeInstanceOf(StowageError);
    expect(outcome).toMatchObject({ operation: method, ...refusal });
  } else expect(outcome).toBeUndefined();
  expect(open).not.toHaveBeenCalled(); // so that no lock was written
  expect(told).not.toHaveBeenCalled();
  expect(await readdir(place)).toEqual(["data"]);
  expect(await readdir(dataDir)).toEqual(["data.db"]);
}

/** `extract` must be told where to. Nothing is to be made there. */
function withTarget(method: string, options: unknown): unknown {
  const isPlain = typeof options === "object" && options?.constructor === Object;
  return method === "extract" && isPlain ? { to: "nowhere", ...options } : options;
}
