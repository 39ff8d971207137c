import { type Classification, type ErrorCode, StowageError } from "@stowage/core/driver";

/** What `memfs` throws, which takes its codes from `node:fs`. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "NOT_FOUND",
  EEXIST: "ALREADY_EXISTS",
  EISDIR: "CONFIG_INVALID",
  EACCES: "PERMISSION_DENIED",
  EPERM: "PERMISSION_DENIED",
  ENOSPC: "NO_SPACE",
};

/** Says what an error of the volume means. A `RangeError` is a buffer that cannot be had; whatever is not in the table is `INTERNAL`. */
export function classifyError(error: unknown): Classification {
  if (error instanceof StowageError) return { code: error.code, retryable: error.retryable };
  if (error instanceof Error && error.name === "AbortError") return { code: "ABORTED", retryable: false };
  if (error instanceof RangeError) return { code: "NO_SPACE", retryable: false };
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return { code: Object.hasOwn(CODES, code) ? (CODES[code] ?? "INTERNAL") : "INTERNAL", retryable: false };
}
