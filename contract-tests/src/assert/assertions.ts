import assert from "node:assert/strict";
import { buffer } from "node:stream/consumers";
import { type ErrorCode, type FileInfo, type Filesystem, type ReadRange, StowageError } from "@stowage/core";
import { assertEqual } from "./assert-equal.ts";

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
    assertEqual(error.operation, expected.operation, `the operation that ${error.code} names`);
  }
  if (typeof expected.key === "string") {
    assertEqual(error.key, expected.key, `the key that ${error.code} carries`);
    const isNamed = [expected.key, JSON.stringify(expected.key)].some((shown) => error.message.includes(shown));
    assert.ok(isNamed, `the message of ${error.code} names the key ${expected.key}: ${error.message}`);
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

/** What a storage says of an object, and says again. */
const ANSWERS: readonly ErrorCode[] = ["NOT_FOUND", "ALREADY_EXISTS", "RANGE_NOT_SATISFIABLE"];

/** Asserts that a thrown value is a {@link StowageError} with one of the codes. */
export function assertError(error: unknown, codes: readonly ErrorCode[]): asserts error is StowageError {
  assert.ok(error instanceof StowageError, `a StowageError is thrown, not ${String(error)}`);
  const found = `${error.code} (${error.message})`;
  assert.ok(codes.includes(error.code), `expected the code ${codes.join(" or ")}, found ${found}`);
  assertEqual(typeof error.retryable, "boolean", `the type of retryable of ${found}`);
  assert.ok(!error.retryable || !ANSWERS.includes(error.code), `${found} is worth a retry: promised is that it is not`);
  assertEqual(error.name, error.code === "ABORTED" ? "AbortError" : "StowageError", `the name of ${found}`);
}

/** Asserts that two byte sequences are equal, and says where they are not. */
export function assertBytes(actual: Uint8Array, expected: Uint8Array, what = "the content"): void {
  assertEqual(actual.length, expected.length, `the size of ${what}`);
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
  assertEqual(
    comparable(actual),
    comparable(expected),
    "key, size and time of one description of the object, as another call tells them,",
  );
  if (actual.contentType && expected.contentType)
    assertEqual(
      actual.contentType,
      expected.contentType,
      `the content type of ${actual.key}, as another call tells it,`,
    );
  if (actual.etag && expected.etag)
    assertEqual(actual.etag, expected.etag, `the etag of ${actual.key}, as another call tells it,`);
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
  assertEqual(info.key, key, "the key that stat returns");
  assertEqual(info.size, expected.length, "the size that stat returns");
  const listed = (await listAll(filesystem, { prefix: key })).filter((file) => file.key === key);
  assertEqual(
    listed.map(({ size }) => size),
    [expected.length],
    "the sizes of the objects that list yields under one key",
  );
  const found = await filesystem.read(key);
  assertBytes(await buffer(found.content), expected, "what is read");
  assertEqual([found.info.key, found.info.size], [key, expected.length], "key and size that read returns");
}

/** Asserts that stat, list and read agree that there is no object. */
export async function assertAbsent(filesystem: Filesystem, key: string): Promise<void> {
  await assertRejects(() => filesystem.stat(key), "NOT_FOUND", { operation: "stat", key });
  await assertRejects(() => filesystem.read(key), "NOT_FOUND", { operation: "read", key });
  const listed = await listKeys(filesystem, key);
  assert.ok(!listed.includes(key), `list does not yield ${key}`);
}
