import {
  classifyByRules,
  type ErrorFacts,
  type ErrorRule,
  factsOfError,
  HTTP_FAILURES,
  NETWORK_FAILURES,
} from "@stowage/core/driver";

import { LOCKED_MESSAGE, LOCKED_NAMES, WITHOUT_DIGEST, WITHOUT_LOCK } from "./s3-error.ts";

interface S3Facts extends ErrorFacts {
  readonly status: number | undefined;
}

/**
 * What an error of the SDK means, the first rule that fits. The network comes before the names: the SDK calls a reset a
 * TimeoutError. Names are AWS's (https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html), the SDK's, ours, and
 * MinIO's where they differ. A 404 that says nothing more fits none: it may be a proxy's.
 */
const RULES: readonly ErrorRule<S3Facts>[] = [
  ...NETWORK_FAILURES,
  { when: { name: ["NoSuchKey", "NotFound"] }, means: "NOT_FOUND" },
  { when: { name: "NoSuchBucket" }, means: "BUCKET_NOT_FOUND" },
  { when: { name: "PreconditionFailed" }, means: "ALREADY_EXISTS" },
  { when: { name: "KeyTooLongError" }, means: "INVALID_KEY" },
  { when: { name: "EntityTooLarge" }, means: "INVALID_ARGUMENT" },
  { when: { name: "InvalidRange" }, means: "RANGE_NOT_SATISFIABLE" },
  { when: { name: ["BadDigest", "InvalidDigest"] }, means: "CHECKSUM_MISMATCH" },
  { when: { name: /^XAmzContent(SHA256|Checksum)Mismatch$/ }, means: "CHECKSUM_MISMATCH" },
  { when: { name: /^((Permanent|Temporary)?Redirect|AuthorizationHeaderMalformed)$/ }, means: "CONFIG_INVALID" }, // another region
  { when: { name: ["InvalidBucketName", "IllegalLocationConstraintException"] }, means: "CONFIG_INVALID" },
  { when: { name: ["InvalidStorageClass", "EntityTooSmall"] }, means: "CONFIG_INVALID" },
  { when: { name: "RefusedOption" }, means: "CONFIG_INVALID" }, // ours, see advise.ts
  { when: { name: "AccessControlListNotSupported" }, means: "CONFIG_INVALID" },
  { when: { name: /^KMS\.(NotFound|Disabled)Exception$/ }, means: "CONFIG_INVALID" },
  { when: { name: ["InvalidAccessKeyId", "SignatureDoesNotMatch"] }, means: "UNAUTHENTICATED" },
  { when: { name: /^(InvalidToken|ExpiredToken(Exception)?|TokenRefreshRequired)$/ }, means: "UNAUTHENTICATED" },
  { when: { name: ["RequestTimeTooSkewed", "RequestExpired"] }, means: "UNAUTHENTICATED" },
  { when: { name: ["CredentialsProviderError", "InvalidSecurity"] }, means: "UNAUTHENTICATED" },
  { when: { name: ["AccessDenied", "AllAccessDisabled", "AccountProblem"] }, means: "PERMISSION_DENIED" },
  { when: { name: ["Forbidden", "InvalidObjectState"] }, means: "PERMISSION_DENIED" },
  { when: { name: LOCKED_NAMES }, means: "PERMISSION_DENIED" },
  { when: { message: LOCKED_MESSAGE }, means: "PERMISSION_DENIED" }, // MinIO calls it InvalidRequest
  { when: { message: WITHOUT_LOCK }, means: "CONFIG_INVALID" },
  { when: { message: WITHOUT_DIGEST }, means: "CONFIG_INVALID" },
  { when: { name: /^(SlowDown(Read|Write)?|(TooManyRequests|Throttling)(Exception)?)$/ }, means: "RATE_LIMITED" },
  { when: { name: ["QuotaExceeded", "InsufficientStorage"] }, means: "NO_SPACE" },
  { when: { name: /^XMinio(StorageFull|AdminBucketQuotaExceeded)$/ }, means: "NO_SPACE" },
  { when: { name: ["InternalError", "ServiceUnavailable"] }, means: "UNAVAILABLE" },
  { when: { name: ["OperationAborted", "ConditionalRequestConflict"] }, means: "UNAVAILABLE" },
  { when: { name: ["NoSuchUpload", "IncompleteBody", "IncompleteReply"] }, means: "UNAVAILABLE" },
  { when: { name: ["RequestTimeout", "TimeoutError"] }, means: "TIMEOUT" },
  { when: { name: ["NotImplemented", "MethodNotAllowed"] }, means: "UNSUPPORTED" },
  ...HTTP_FAILURES,
  { when: { status: /^2/ }, means: "UNAVAILABLE" }, // a success that cannot be read
  { when: { message: /^Region is missing/ }, means: "CONFIG_INVALID" },
];

/** Says what an error of the SDK means. Pure. */
export const classify = classifyByRules(RULES, factsOfS3Error);

function factsOfS3Error(error: Error): S3Facts {
  const { $metadata } = error as { $metadata?: { httpStatusCode?: unknown } };
  const status = $metadata?.httpStatusCode;
  return { ...factsOfError(error), status: typeof status === "number" ? status : undefined };
}
