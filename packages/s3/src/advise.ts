import type { S3Client } from "@aws-sdk/client-s3";
import { S3Error } from "./s3-error.ts";
import type { S3Settings } from "./s3-options.ts";
import { serviceAt } from "./service-options.ts";

/** What of a request a service may refuse although its credentials are right. */
interface SentRequest {
  /** Whether it puts the parts of an object together. */
  readonly isCompletion: boolean;
  readonly hasCondition: boolean;
  readonly hasChecksum: boolean;
  readonly hasWholeChecksum: boolean;
  readonly isPart: boolean;
  readonly hasEncryption: boolean;
  readonly hasStorageClass: boolean;
}

/** What the SDK hands to a middleware, as far as it is looked at. */
interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
}

const SENT = Symbol("what was sent");

/** What to do about a refusal. `name` is that of the error afterwards, by which it is classified. */
interface Advice {
  readonly name: string;
  readonly what: string;
}

/** Has each error of the client say what was sent, for {@link advised}. */
export function noteWhatIsSent(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        if (error instanceof Error) Object.assign(error, { [SENT]: describe(args.request as HttpRequest) });
        throw error;
      }
    },
    { step: "finalizeRequest", priority: "low", name: "noteWhatIsSent" },
  );
}

/** The error with the option to set, where a service refuses what a request of this driver is, rather than what it asks for. */
export function advised(error: S3Error, thrown: unknown, settings: S3Settings): S3Error {
  const sent = (thrown as { [SENT]?: SentRequest } | undefined)?.[SENT];
  const advice = sent && adviceOn(error, sent);
  if (!advice) return error;
  const service = settings.service === undefined ? serviceAt(settings.endpoint) : undefined;
  const orService = service === undefined ? "" : `, or service: "${service}"`;
  const { httpStatusCode: status, requestId } = error.$metadata;
  const message = `${error.message.replace(/\.$/, "")}; ${advice.what}${orService}`;
  return new S3Error(advice.name, message, {
    ...(status !== undefined && { status }),
    ...(requestId !== undefined && { requestId }),
  });
}

function describe({ method, headers, query = {}, body }: HttpRequest): SentRequest {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const isCompletion = method === "POST" && "uploadId" in query;
  return {
    isCompletion,
    hasCondition: names.includes("if-none-match"),
    hasChecksum:
      names.some((name) => /^x-amz-(sdk-)?checksum-/.test(name)) ||
      (isCompletion && String(body).includes("<Checksum")),
    hasWholeChecksum: headers["x-amz-checksum-type"] === "FULL_OBJECT",
    isPart: "partNumber" in query,
    hasEncryption: names.some((name) => name.startsWith("x-amz-server-side-encryption")),
    hasStorageClass: names.includes("x-amz-storage-class"),
  };
}

function adviceOn({ name, message, $metadata }: S3Error, sent: SentRequest): Advice | undefined {
  const isUnknown = name === "NotImplemented" || $metadata.httpStatusCode === 501;
  const choices = isUnknown ? choicesOf(sent, message) : [];
  if (choices.length > 0) return { name: "NotImplemented", what: choices.join("; if that does not help, ") };
  if (sent.hasChecksum && speaksOfChecksums(name, message))
    return { name: "RefusedOption", what: checksumsToSet(sent) };
  if (/^(SecondLevel|PathStyle)DomainForbidden$/.test(name))
    return { name: "RefusedOption", what: "set forcePathStyle: false" };
  if (name === "AuthorizationHeaderMalformed") return { name, what: "set region to the one that the service expects" };
  if (sent.isPart && /part ?number/i.test(message))
    return { name: "RefusedOption", what: "set maxParts to the most parts that the service takes" };
  if (sent.isCompletion && /same (length|size)/i.test(message))
    return { name: "RefusedOption", what: "set a larger partSize, so that the parts need not grow" };
  return undefined;
}

/** What may be the header that a service does not know, the likeliest first, unless its message says which one. */
function choicesOf(sent: SentRequest, message: string): string[] {
  if (sent.hasChecksum && /checksum/i.test(message)) return [checksumsToSet(sent)];
  const size = sent.isCompletion ? "{ conditionalCreateSize } to the size of a part" : "{ conditionalCreate: false }";
  const condition = `set capabilities: ${size}`;
  if (sent.hasCondition && /condition|if-none-match/i.test(message)) return [condition];
  return [
    ...(sent.hasCondition ? [condition] : []),
    ...(sent.hasChecksum ? [checksumsToSet(sent)] : []),
    ...(sent.hasEncryption ? ["leave out serverSideEncryption"] : []),
    ...(sent.hasStorageClass ? ["leave out storageClass"] : []),
  ];
}

function checksumsToSet({ hasWholeChecksum }: SentRequest): string {
  return `set checksums: "${hasWholeChecksum ? "when-supported" : "when-required"}"`;
}

/** Not of a checksum that is wrong: that is no matter of options. */
function speaksOfChecksums(name: string, message: string): boolean {
  return name === "MalformedXML" || (/^Invalid(Argument|Request)$/.test(name) && /checksum/i.test(message));
}
