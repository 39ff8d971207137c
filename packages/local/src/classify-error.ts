import { type Classification, type ErrorCode, errnoOf, StowageError } from "@stowage/core/driver";

/** The errors of open(2), read(2), write(2), fsync(2), link(2), rename(2) and unlink(2) that say something about the storage. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "NOT_FOUND",
  EEXIST: "ALREADY_EXISTS",
  ENOTDIR: "BUCKET_NOT_FOUND",
  ELOOP: "CONFIG_INVALID",
  EISDIR: "CONFIG_INVALID",
  ENAMETOOLONG: "INVALID_KEY",
  EILSEQ: "INVALID_KEY",
  ENOSPC: "NO_SPACE",
  EDQUOT: "NO_SPACE",
  EFBIG: "NO_SPACE",
  EACCES: "PERMISSION_DENIED",
  EPERM: "PERMISSION_DENIED",
  EROFS: "PERMISSION_DENIED",
  EMFILE: "UNAVAILABLE",
  ENFILE: "UNAVAILABLE",
  ENOMEM: "UNAVAILABLE",
  EAGAIN: "UNAVAILABLE",
  EBUSY: "UNAVAILABLE",
  EINTR: "UNAVAILABLE",
  ESTALE: "UNAVAILABLE",
  ENOTCONN: "UNAVAILABLE",
  EIO: "UNAVAILABLE",
  ENXIO: "UNAVAILABLE",
  ENODEV: "UNAVAILABLE",
  ETIMEDOUT: "TIMEOUT",
};

/** Faults of the device: the same call would fail again. */
const LASTING: ReadonlySet<string> = new Set(["EIO", "ENXIO", "ENODEV"]);

/** Says what an error of `node:fs` means. Whatever is not in the table is `INTERNAL`. */
export function classifyError(error: unknown): Classification {
  if (error instanceof StowageError) return { code: error.code, retryable: error.retryable };
  if (error instanceof Error && error.name === "AbortError") return { code: "ABORTED", retryable: false };
  const errno = errnoOf(error) ?? "";
  const code = Object.hasOwn(CODES, errno) ? CODES[errno] : undefined;
  const isPassing = code === "UNAVAILABLE" || code === "TIMEOUT";
  return { code: code ?? "INTERNAL", retryable: isPassing && !LASTING.has(errno) };
}
