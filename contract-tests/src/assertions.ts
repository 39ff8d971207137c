import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { type ErrorCode, type FileInfo, type Filesystem, type ReadRange, StowageError } from "@stowage/core";

export interface ExpectedRejection {
  readonly operation?: string;
  readonly key?: unknown;
  /** The very value that must be the error's cause. */
  readonly cause?: unknown;
}

/**
 * Asserts that the call returns a promise, and that it rejects with a {@link StowageError} that has one of the codes,
 * names operation and key, and says whether a retry may help. Returns the error.
 */
export async function assertRejects(
  call: () => Promise<unknown>,
  code: ErrorCode | readonly ErrorCode[],
  expected: ExpectedRejection = {},
): Promise<StowageError> {
  const error = await rejectionOf(call, [code].flat());
  assertError(error, [code].flat());
  if (expected.operation !== undefined) {
    assert.equal(error.operation, expected.operation, `${error.code} names the operation ${expected.operation}`);
  }
  if (typeof expected.key === "string") {
    assert.equal(error.key, expected.key, `${error.code} carries the key`);
    const isNamed = [expected.key, JSON.stringify(expected.key)].some((shown) => error.message.includes(shown));
    assert.ok(isNamed, `the message names the key: ${error.message}`);
  }
  if ("cause" in expected) assert.equal(error.cause, expected.cause, `${error.code} has the original error as cause`);
  return error;
}

async function rejectionOf(call: () => Promise<unknown>, codes: readonly string[]): Promise<unknown> {
  let promise: Promise<unknown>;
  try {
    promise = call();
  } catch (error) {
    return assert.fail(`the call throws ${String(error)} rather than return a promise that rejects`);
  }
  const settled = await promise.then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  return settled ? settled.error : assert.fail(`the call resolves; expected a rejection with ${codes.join(" or ")}`);
}

/** Asserts that a thrown value is a {@link StowageError} with one of the codes. */
export function assertError(error: unknown, codes: readonly ErrorCode[]): asserts error is StowageError {
  assert.ok(error instanceof StowageError, `a StowageError is thrown, not ${String(error)}`);
  const found = `${error.code} (${error.message})`;
  assert.ok(codes.includes(error.code), `expected the code ${codes.join(" or ")}, found ${found}`);
  assert.equal(typeof error.retryable, "boolean", `${found} says whether it is retryable`);
  assert.equal(error.name, error.code === "ABORTED" ? "AbortError" : "StowageError", `the name of ${found}`);
}

/** Asserts that two byte sequences are equal, and says where they are not. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array, what = "the content"): void {
  assert.equal(actual.length, expected.length, `${what} has its size`);
  if (Buffer.compare(actual, expected) === 0) return;
  const offset = actual.findIndex((byte, index) => byte !== expected[index]);
  assert.fail(`${what} differs from byte ${offset} on: ${actual[offset]} rather than ${expected[offset]}`);
}

/**
 * Asserts that two descriptions are of the same version. The time of one may be cut to the resolution of the storage, which some
 * calls of some services do.
 */
export function assertSameInfo({ capabilities }: Filesystem, actual: FileInfo, expected: FileInfo | undefined): void {
  const resolutionMs = capabilities.limits.timestampResolutionMs;
  const cut = (time: number) => Math.floor(time / resolutionMs) * resolutionMs;
  assert.ok(expected, `${actual.key} is described`);
  const times = [actual, expected].map(({ modifiedAt }) => modifiedAt.getTime()) as [number, number];
  const isCut = cut(times[0]) === times[1] || cut(times[1]) === times[0];
  const comparable = ({ key, size, modifiedAt }: FileInfo) => ({
    key,
    size,
    modifiedAt: isCut ? undefined : modifiedAt,
  });
  assert.deepEqual(comparable(actual), comparable(expected), "key, size and time are the same");
  if (actual.etag && expected.etag) assert.equal(actual.etag, expected.etag, "the version is the same");
}

/** Reads an object, or a range of it, to its end. */
export async function readBytes(filesystem: Filesystem, key: string, range: ReadRange = {}): Promise<Buffer> {
  const { content } = await filesystem.read(key, range);
  return buffer(content);
}

/** All that `list` yields. */
export async function listAll(
  filesystem: Filesystem,
  options: { prefix?: string; pageSize?: number } = {},
): Promise<FileInfo[]> {
  const files: FileInfo[] = [];
  for await (const file of filesystem.list(options)) files.push(file);
  return files;
}

export async function listKeys(filesystem: Filesystem, prefix: string, pageSize?: number): Promise<string[]> {
  const files = await listAll(filesystem, { prefix, ...(pageSize === undefined ? {} : { pageSize }) });
  return files.map(({ key }) => key);
}

/** Asserts that stat, list and read agree that the object holds `expected`. */
export async function assertObject(filesystem: Filesystem, key: string, expected: Uint8Array): Promise<void> {
  const info = await filesystem.stat(key);
  assert.equal(info.key, key, "stat returns the key");
  assert.equal(info.size, expected.length, "stat returns the size");
  const listed = (await listAll(filesystem, { prefix: key })).filter((file) => file.key === key);
  assert.deepEqual(
    listed.map(({ size }) => size),
    [expected.length],
    "list yields the object once, with its size",
  );
  const found = await filesystem.read(key);
  assertBytes(await buffer(found.content), expected);
  assert.deepEqual([found.info.key, found.info.size], [key, expected.length], "read returns the key and the size");
}

/** Asserts that stat, list and read agree that there is no object. */
export async function assertAbsent(filesystem: Filesystem, key: string): Promise<void> {
  await assertRejects(() => filesystem.stat(key), "NOT_FOUND", { operation: "stat", key });
  await assertRejects(() => filesystem.read(key), "NOT_FOUND", { operation: "read", key });
  const listed = await listKeys(filesystem, key);
  assert.ok(!listed.includes(key), `list does not yield ${key}`);
}
