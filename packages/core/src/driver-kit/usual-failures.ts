import type { ErrorFacts, ErrorRule } from "./classify-by-rules.ts";

/** What goes wrong below HTTP: the host, the connection, the certificate. */
export const NETWORK_FAILURES: readonly ErrorRule<Pick<ErrorFacts, "code">>[] = [
  { when: { code: ["ETIMEDOUT", "ESOCKETTIMEDOUT"] }, means: "TIMEOUT" },
  { when: { code: /^(ECONN(RESET|REFUSED|ABORTED)|EPIPE|ENOTFOUND|EAI_AGAIN)$/ }, means: "UNAVAILABLE" },
  { when: { code: /^E(NET|HOST)(UNREACH|DOWN)$/ }, means: "UNAVAILABLE" },
  { when: { code: /^ERR_STREAM_(PREMATURE_CLOSE|DESTROYED)$/ }, means: "UNAVAILABLE" },
  { when: { code: /^HPE_/ }, means: "UNAVAILABLE" }, // the answer is not HTTP
  { when: { code: /^(ERR_TLS|ERR_SSL|CERT|UNABLE_TO|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED)_/ }, means: "CONFIG_INVALID" },
  { when: { code: ["EPROTO", "ERR_INVALID_URL"] }, means: "CONFIG_INVALID" },
];

/**
 * What a status of HTTP means where the answer says nothing better. 404 is not among them: it may be a proxy's, and then it is no
 * object that is missing. 412 is the refusal of a create-only write.
 */
export const HTTP_FAILURES: readonly ErrorRule<{ readonly status: number | undefined }>[] = [
  { when: { status: /^3/ }, means: "CONFIG_INVALID" }, // another region or endpoint
  { when: { status: 401 }, means: "UNAUTHENTICATED" },
  { when: { status: 403 }, means: "PERMISSION_DENIED" },
  { when: { status: 408 }, means: "TIMEOUT" },
  { when: { status: 412 }, means: "ALREADY_EXISTS" },
  { when: { status: [413, 417] }, means: "CONFIG_INVALID" }, // a proxy's: too large a body, an expectation
  { when: { status: 416 }, means: "RANGE_NOT_SATISFIABLE" },
  { when: { status: 429 }, means: "RATE_LIMITED" },
  { when: { status: 501 }, means: "UNSUPPORTED" },
  { when: { status: 507 }, means: "NO_SPACE" },
  { when: { status: /^5/ }, means: "UNAVAILABLE" },
];

/** The errors of open(2), read(2), write(2), fsync(2), link(2), rename(2) and unlink(2) that say something about the storage. */
export const DISK_FAILURES: readonly ErrorRule<Pick<ErrorFacts, "code">>[] = [
  { when: { code: "ENOENT" }, means: "NOT_FOUND" },
  { when: { code: "EEXIST" }, means: "ALREADY_EXISTS" },
  { when: { code: "ENOTDIR" }, means: "BUCKET_NOT_FOUND" },
  { when: { code: ["ELOOP", "EISDIR"] }, means: "CONFIG_INVALID" },
  { when: { code: ["ENAMETOOLONG", "EILSEQ"] }, means: "INVALID_KEY" },
  { when: { code: ["ENOSPC", "EDQUOT", "EFBIG"] }, means: "NO_SPACE" },
  { when: { code: ["EACCES", "EPERM", "EROFS"] }, means: "PERMISSION_DENIED" },
  { when: { code: ["EMFILE", "ENFILE", "ENOMEM", "EAGAIN", "EBUSY", "EINTR"] }, means: "UNAVAILABLE" },
  { when: { code: ["ESTALE", "ENOTCONN"] }, means: "UNAVAILABLE" },
  { when: { code: ["EIO", "ENXIO", "ENODEV"] }, means: "UNAVAILABLE", retryable: false }, // of the device: it would fail again
  { when: { code: "ETIMEDOUT" }, means: "TIMEOUT" },
];
