import { type FileInfo, Filesystem, type FilesystemDriver } from "@stowage/core";
import { describe, expect, it } from "vitest";
import { type CheckReport, cases, checkFilesystem, type Harness, wrapDriver } from "../src/index.ts";
import { REFERENCE_CAPABILITIES, ReferenceDriver } from "./reference-driver.ts";
import { ReferencePlace } from "./reference-place.ts";

const FAST = cases.filter(({ tier }) => tier === "fast");

type Change = (driver: FilesystemDriver) => Record<string, unknown>;

/** What people who write their first driver get wrong, and the sentence that each mistake gives. */
const DRIVER_MISTAKES: readonly [mistake: string, sentence: string, change: Change][] = [
  ["a method is missing", "driver: it has no method classify", () => ({ classify: undefined })],
  ["there is no kind", "driver.kind: not a short name", () => ({ kind: undefined })],
  ["there are no limits", "driver.capabilities.limits: it is missing", () => declaring({ limits: undefined })],
  ["a capability is missing", "driver.capabilities.shared: it is missing", () => declaring({ shared: undefined })],
  [
    "signUrl is declared and not there",
    "driver.signUrl: it is missing, and driver.capabilities.signedUrls is true",
    () => ({ signUrl: undefined }),
  ],
  [
    "stat returns nothing for what is missing",
    "the driver's stat resolves with undefined, not with { key, size, modifiedAt }",
    () => ({ stat: async () => undefined }),
  ],
  [
    "write returns nothing",
    "the driver's write resolves with undefined, not with { key, size, modifiedAt }",
    (driver) => ({ write: async (...given: Parameters<typeof driver.write>) => void (await driver.write(...given)) }),
  ],
  [
    "read returns a Buffer",
    "the driver's read resolves with a Buffer, not with { info, content }",
    () => ({ read: async () => Buffer.from("probe") }),
  ],
  [
    "the content is a Buffer",
    "the driver's read gives content that is a Buffer, not an async iterable of Uint8Array",
    (driver) => ({
      read: async (...given: Parameters<typeof driver.read>) => ({
        ...(await driver.read(...given)),
        content: Buffer.from(""),
      }),
    }),
  ],
  [
    "the content yields strings",
    "the driver's read gives content that yields a string, not a Uint8Array",
    (driver) => ({
      read: async (...given: Parameters<typeof driver.read>) => ({
        ...(await driver.read(...given)),
        content: texts(),
      }),
    }),
  ],
  [
    "list returns an array",
    "the driver's list resolves with an Array, not with { files, cursor? }",
    (driver) => ({ list: async (...given: Parameters<typeof driver.list>) => (await driver.list(...given)).files }),
  ],
  [
    "the last cursor is null",
    "the driver's list gives a cursor that is null: a string, or left out at the end",
    (driver) => ({
      list: async (...given: Parameters<typeof driver.list>) => ({ cursor: null, ...(await driver.list(...given)) }),
    }),
  ],
  [
    "modifiedAt is a number",
    "the driver's write gives a description whose modifiedAt is 5, not a Date",
    (driver) => describing(driver, { modifiedAt: 5 }),
  ],
  [
    "size is a string",
    "the driver's write gives a description whose size is a string, not a whole number of bytes",
    (driver) => describing(driver, { size: "5" }),
  ],
  [
    "classify returns a code alone",
    "the driver's classify returns something else than { code, retryable } for an error it does not know",
    () => ({ classify: () => "INTERNAL" }),
  ],
];

const HARNESS_MISTAKES: readonly [mistake: string, sentence: string, create: () => unknown][] = [
  [
    "create returns nothing",
    "create() returns no place: it has to return { open: () => Filesystem }, or a promise of it",
    () => undefined,
  ],
  [
    "open returns the driver",
    "open() returns a driver: write open: () => new Filesystem(driver)",
    () => ({ open: () => new ReferenceDriver(new ReferencePlace()) }),
  ],
  [
    "open is asynchronous",
    "open() returns a promise: it has to return a Filesystem at once, which opens itself",
    () => ({ open: async () => new Filesystem(new ReferenceDriver(new ReferencePlace())) }),
  ],
  [
    "the class is handed over, not an instance",
    "driver: a class or function; write new Filesystem(new MyDriver())",
    () => ({ open: () => new Filesystem(ReferenceDriver as never) }),
  ],
];

describe("a beginner's mistake is one failure of one sentence, and the rest is skipped", () => {
  it.each(DRIVER_MISTAKES)("%s", async (_, sentence, change) => {
    assertToldOnce(await reportOf((driver) => ({ ...wrapDriver(driver, {}), ...change(driver) }) as never), sentence);
  });

  it.each(HARNESS_MISTAKES)("%s", async (_, sentence, create) => {
    assertToldOnce(await checkFilesystem({ create } as Harness, { settleMs: 1 }), sentence);
  });
});

function assertToldOnce({ passed, failed, skipped }: CheckReport, sentence: string): void {
  expect(failed.map(({ id }) => id)).toEqual(["shape/answers"]);
  expect(String(failed[0]?.error)).toBe(`Error: ${sentence}`);
  expect([passed, skipped.length]).toEqual([0, FAST.length]);
  expect(skipped[0]?.reason).toBe(`shape/answers failed: ${sentence}`);
}

function reportOf(change: (driver: FilesystemDriver) => FilesystemDriver): Promise<CheckReport> {
  const create = () => {
    const place = new ReferencePlace();
    return { open: () => new Filesystem(change(new ReferenceDriver(place))) };
  };
  return checkFilesystem({ create }, { settleMs: 1 });
}

function declaring(changes: Record<string, unknown>): Record<string, unknown> {
  return { capabilities: { ...REFERENCE_CAPABILITIES, ...changes } };
}

function describing(driver: FilesystemDriver, changes: Record<string, unknown>): Record<string, unknown> {
  const changed = (info: FileInfo) => ({ ...info, ...changes });
  return {
    stat: async (...given: Parameters<typeof driver.stat>) => changed(await driver.stat(...given)),
    write: async (...given: Parameters<typeof driver.write>) => changed(await driver.write(...given)),
  };
}

async function* texts(): AsyncGenerator<string, void, void> {
  yield "probe";
}
