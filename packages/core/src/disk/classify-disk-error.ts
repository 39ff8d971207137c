import type { Classification } from "../filesystem/driver.ts";
import { errnoOf } from "./errno-of.ts";

const CODES: Readonly<Record<string, Classification>> = {
  ENOSPC: { code: "NO_SPACE", retryable: false },
  EDQUOT: { code: "NO_SPACE", retryable: false },
  EACCES: { code: "PERMISSION_DENIED", retryable: false },
  EPERM: { code: "PERMISSION_DENIED", retryable: false },
  EROFS: { code: "PERMISSION_DENIED", retryable: false },
  EMFILE: { code: "UNAVAILABLE", retryable: true },
  ENFILE: { code: "UNAVAILABLE", retryable: true },
  EBUSY: { code: "UNAVAILABLE", retryable: true },
  EIO: { code: "UNAVAILABLE", retryable: false },
};

/** Says what an error of the local disk means for a create or restore. Names are those of errno(3). */
export function classifyDiskError(error: unknown): Classification {
  return CODES[errnoOf(error) ?? ""] ?? { code: "INTERNAL", retryable: false };
}
