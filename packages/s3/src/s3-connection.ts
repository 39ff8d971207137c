import { S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { retry } from "@stowage/core/driver";
import { advised, noteWhatIsSent } from "./advise.ts";
import { classify } from "./classify.ts";
import { payForRequests } from "./pay-for-requests.ts";
import { bareError, isClockCorrected, isNoSuchUpload } from "./s3-error.ts";
import type { S3Settings } from "./s3-options.ts";
import { leavePayloadUnsigned } from "./write/leave-payload-unsigned.ts";

/** Sends one command. Is called again for each attempt. */
export type Send<T> = (client: S3Client, options: { abortSignal: AbortSignal }) => Promise<T>;

/** The client of one bucket, and the one way to send a request through it. */
export class S3Connection {
  readonly settings: S3Settings;
  readonly client: S3Client;
  /** Whether the bucket may retain objects, as one does that keeps versions: unknown before an object of it was described. */
  mayRetain: boolean | undefined;

  /** Does no I/O. */
  constructor(settings: S3Settings) {
    this.settings = settings;
    this.client = new S3Client(clientConfig(settings));
    noteWhatIsSent(this.client);
    if (settings.requesterPays) payForRequests(this.client);
    if (!settings.signPayload && settings.checksums !== "when-required") leavePayloadUnsigned(this.client);
  }

  /** The time of the service as far as it is known, in milliseconds since 1970: an answer may have corrected the clock of this host. */
  readonly now = (): number => Date.now() + this.client.config.systemClockOffset;

  /** Bucket and key for a command: the only place where a key gets its prefix. */
  target(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.settings.bucket, Key: this.settings.prefix + key };
  }

  /** Sends until an attempt succeeds, or fails for a reason that will not pass. `onFailure` hears of every failed attempt. */
  request<T>(send: Send<T>, signal: AbortSignal, onFailure?: (error: unknown) => void): Promise<T> {
    const isRetryable = (error: unknown) => classify(error).retryable && !isNoSuchUpload(error);
    const sendOnce = () => send(this.client, { abortSignal: signal });
    const attempt = async () => {
      try {
        return await sendOnce().catch((error: unknown) => {
          if (signal.aborted || !isClockCorrected(error)) throw error;
          return sendOnce();
        });
      } catch (error) {
        signal.throwIfAborted();
        throw advised(bareError(error), error, this.settings);
      }
    };
    return retry(attempt, { isRetryable, signal, policy: this.settings.retry, onFailure });
  }
}

/**
 * One attempt per `send`, because the SDK's own retries know neither our deadline nor a lost reply. `socketTimeout` counts
 * time without a byte; `requestTimeout` would count the whole request, and only warns.
 */
function clientConfig(settings: S3Settings) {
  const { endpoint, credentials, connectTimeoutMs, idleTimeoutMs } = settings;
  const region = settings.region ?? (endpoint === undefined ? undefined : "us-east-1");
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: settings.forcePathStyle ?? endpoint !== undefined,
    maxAttempts: 1,
    requestChecksumCalculation: "WHEN_REQUIRED", // commands bring their own
    responseChecksumValidation: "WHEN_REQUIRED", // checked over the whole content, resumed or not
    expectContinueHeader: false, // would open a connection for every part
    requestHandler: new NodeHttpHandler({ connectionTimeout: connectTimeoutMs, socketTimeout: idleTimeoutMs }),
  } as const;
}
