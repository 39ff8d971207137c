import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { ErrorCode } from "@stowage/core";
import type { Classification } from "@stowage/core/driver";
import { assertEqual } from "../../assert/assert-equal.ts";
import type { ContractCase } from "../../case/contract-case.ts";

/** Node's codes of what goes wrong between a program and its storage, none of which says that an object is missing. */
const ERRNOS = [
  ...["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "ENETUNREACH"],
  ...["EACCES", "EPERM", "EROFS", "EIO", "EBUSY", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "EDQUOT", "ESTALE"],
  ...["ENOTDIR", "ENXIO", "ENODEV"],
  ...["EPROTO", "CERT_HAS_EXPIRED", "UND_ERR_SOCKET", "UND_ERR_CONNECT_TIMEOUT"],
] as const;

/** HTTP statuses of which the same is true. */
const STATUSES = [400, 401, 403, 405, 407, 408, 413, 418, 429, 500, 501, 502, 503, 504, 507, 511] as const;

/** How clients carry a status. */
const CARRIERS: readonly ((status: number) => object)[] = [
  (status) => ({ status }),
  (status) => ({ statusCode: status }),
  (status) => ({ code: status }),
  (status) => ({ code: String(status) }),
  (status) => ({ response: { status, statusCode: status } }),
  (status) => ({ $metadata: { httpStatusCode: status }, name: `Http${status}` }),
];

/** The codes of a filesystem. */
const CODES: ReadonlySet<ErrorCode> = new Set([
  ...(["NOT_FOUND", "ALREADY_EXISTS", "INVALID_KEY", "INVALID_ARGUMENT", "RANGE_NOT_SATISFIABLE"] as const),
  ...(["SIZE_MISMATCH", "CHECKSUM_MISMATCH", "BUCKET_NOT_FOUND", "CONFIG_INVALID", "UNAUTHENTICATED"] as const),
  ...(["PERMISSION_DENIED", "RATE_LIMITED", "NO_SPACE", "UNAVAILABLE", "TIMEOUT", "ABORTED", "CLOSED"] as const),
  ...(["UNSUPPORTED", "INTERNAL"] as const),
]);

export const classificationCases: readonly ContractCase[] = [
  {
    id: "errors/unknown-errors-are-not-absence",
    title: "classify takes whatever is thrown, answers with a code, and never takes the unknown for NOT_FOUND",
    tier: "fast",
    run: async ({ filesystem }) => {
      const { driver } = filesystem;
      const classify = (error: unknown) => assertNoAbsence(driver.classify(error), error);
      const unknowns = [...networkFailures(), ...strangeValues(), ...httpFailures(), ...misleadingCauses()];
      const first = unknowns.map(classify);
      const second = unknowns.toReversed().map(classify).toReversed();
      assertEqual(second, first, "what classify says of the same errors when it is asked again, in another order,");
    },
  },
];

function assertNoAbsence(found: Classification, error: unknown): Classification {
  const { code, retryable } = found;
  const shown = inspect(error, { depth: 2, breakLength: Number.POSITIVE_INFINITY }).split("\n")[0];
  assert.ok(
    !["NOT_FOUND", "ALREADY_EXISTS", "RANGE_NOT_SATISFIABLE"].includes(code),
    `classify calls ${shown} ${code}, which says of an object whether it is there: promised is another code for what the driver does not know`,
  );
  assert.ok(
    CODES.has(code),
    `classify gives ${shown} the code ${JSON.stringify(code)}: promised is one of those that a StowageError can have`,
  );
  assertEqual(typeof retryable, "boolean", `the type of retryable that classify gives ${shown}`);
  assert.ok(
    code !== "ABORTED" || !retryable,
    `classify calls ${shown} ABORTED and worth a retry: whoever stops a call does not want it again`,
  );
  return { code, retryable };
}

function strangeValues(): unknown[] {
  const circular: Record<string, unknown> = { code: { code: 404 } };
  circular.cause = circular;
  const texts = [
    ...["x", "", "the page was not found: 503", "getaddrinfo ENOTFOUND bucket.example", "no such host is known"],
    ...["missing credentials", "read ECONNRESET after 404 bytes", "the certificate does not exist in the store"],
  ];
  return [
    ...[undefined, null, true, 404, 0n, Symbol("x"), () => {}, {}, [], circular, Object.freeze(new Error("frozen"))],
    ...["NOT_FOUND", new TypeError("not found")],
    ...texts.flatMap((text) => [text, new Error(text), new TypeError(text), new RangeError(text)]),
    ...[new DOMException("aborted", "AbortError"), named("AbortError"), named("TimeoutError"), named("SyntaxError")],
    new AggregateError([new Error("one"), withCode("ECONNREFUSED")], "all failed"),
  ];
}

function networkFailures(): unknown[] {
  return ERRNOS.flatMap((code) => {
    const error = withCode(code);
    return [error, { ...error }, new TypeError("fetch failed", { cause: error }), named(code)];
  });
}

function httpFailures(): unknown[] {
  return STATUSES.flatMap((status) =>
    CARRIERS.map((carry) => Object.assign(new Error(`the server answered ${status}`), carry(status))),
  );
}

/** Failures that say what they are, and to which something led that means absence elsewhere: a socket's file, a key's file. */
function misleadingCauses(): unknown[] {
  const causes = [
    withCode("ENOENT"),
    Object.assign(named("NoSuchKey"), { code: "NoSuchKey", error: "NoSuchKey", status: 404 }),
  ];
  return causes.flatMap((cause) => [
    ...["EACCES", "EIO", "ENOTFOUND", "ECONNREFUSED"].map((code) => Object.assign(withCode(code), { cause })),
    ...[403, 503].map((status) => Object.assign(new Error(`the server answered ${status}`, { cause }), { status })),
  ]);
}

function withCode(code: string): Error {
  return Object.assign(new Error(`${code}: connect storage.example:443`), { code, errno: -1, syscall: "connect" });
}

function named(name: string): Error {
  return Object.assign(new Error("no"), { name });
}
