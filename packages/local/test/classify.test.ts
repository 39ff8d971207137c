import { StowageError } from "@stowage/core";
import { abortError } from "@stowage/core/driver";
import { expect, it } from "vitest";
import { classify } from "../src/classify.ts";
import { diskError } from "./failing-disk.ts";

const TABLE: readonly [errno: string, code: string, retryable: boolean][] = [
  ["ENOENT", "NOT_FOUND", false],
  ["EEXIST", "ALREADY_EXISTS", false],
  ["ENOTDIR", "BUCKET_NOT_FOUND", false],
  ["EISDIR", "CONFIG_INVALID", false],
  ["ELOOP", "CONFIG_INVALID", false],
  ["ENAMETOOLONG", "INVALID_KEY", false],
  ["EILSEQ", "INVALID_KEY", false],
  ["ENOSPC", "NO_SPACE", false],
  ["EDQUOT", "NO_SPACE", false],
  ["EFBIG", "NO_SPACE", false],
  ["EACCES", "PERMISSION_DENIED", false],
  ["EPERM", "PERMISSION_DENIED", false],
  ["EROFS", "PERMISSION_DENIED", false],
  ["EMFILE", "UNAVAILABLE", true],
  ["ENFILE", "UNAVAILABLE", true],
  ["EAGAIN", "UNAVAILABLE", true],
  ["EBUSY", "UNAVAILABLE", true],
  ["ESTALE", "UNAVAILABLE", true],
  ["EIO", "UNAVAILABLE", false],
  ["ETIMEDOUT", "TIMEOUT", true],
  ["EWHATEVER", "INTERNAL", false],
  ["constructor", "INTERNAL", false],
];

it.each(TABLE)("%s is %s, retryable: %s", (errno, code, retryable) => {
  expect(classify(diskError(errno, "call"))).toEqual({ code, retryable });
});

it("keeps the code of an error that has one", () => {
  const error = new StowageError("RANGE_NOT_SATISFIABLE", "behind the end");
  expect(classify(error)).toEqual({ code: "RANGE_NOT_SATISFIABLE", retryable: false });
});

it("knows an abort", () => {
  const expected = { code: "ABORTED", retryable: false };
  expect(classify(abortError(AbortSignal.abort()))).toEqual(expected);
  expect(classify(AbortSignal.abort().reason)).toEqual(expected);
});

it.each([undefined, null, "ENOENT", new Error("no code"), { code: "ENOENT" }])("takes %j for a bug", (thrown) => {
  expect(classify(thrown)).toEqual({ code: "INTERNAL", retryable: false });
});
