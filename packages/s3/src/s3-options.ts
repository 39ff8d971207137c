import type { RetryPolicy } from "@stowage/core/driver";
import type { S3ServiceName } from "./services.ts";

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** For temporary credentials. */
  readonly sessionToken?: string;
}

export interface S3Options {
  readonly bucket: string;
  /** A folder inside the bucket, such as "app/backups/". Slashes around it do not matter. The bucket's top when left out. */
  readonly prefix?: string;
  /** Which service this is: sets what it is known to need, as far as these options do not say it themselves. */
  readonly service?: S3ServiceName;
  /** The URL of an S3-compatible service. AWS, or that of `service` in `region`, when left out. */
  readonly endpoint?: string;
  /** The SDK's own rules on AWS, and "us-east-1" at another endpoint, when left out. */
  readonly region?: string;
  /** Whether the bucket goes into the path rather than the host name. Yes at an endpoint, no on AWS, when left out. */
  readonly forcePathStyle?: boolean;
  /** The SDK's default chain (environment, profile, instance) when left out. A function is asked again when they expire. */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials & { readonly expiration?: Date }>);
  /** Such as "STANDARD_IA". The bucket's default when left out. */
  readonly storageClass?: string;
  /** The bucket's default when left out. */
  readonly serverSideEncryption?: {
    readonly algorithm: "AES256" | "aws:kms" | "aws:kms:dsse";
    readonly keyId?: string;
  };
  /**
   * Retains each object that is stored for so many days, so that nobody can delete or change it before they are over: with
   * "governance" nobody who lacks `s3:BypassGovernanceRetention`, with "compliance" nobody at all. The bucket must have object lock.
   * Records of the storage's lock are not retained. None but the bucket's own rule when left out.
   */
  readonly objectLock?: {
    readonly mode: "governance" | "compliance";
    /** 24 hours each, from the start of the write. From 1 to 36,500. */
    readonly days: number;
  };
  /**
   * "full-object" (the default on AWS): a CRC-32 with every part, and one over the whole object that `read` checks.
   * "when-supported" (the default at an endpoint): without the one over objects sent in parts, which not every service keeps.
   * "when-required": only what the signature covers, for services that refuse checksums.
   */
  readonly checksums?: "full-object" | "when-supported" | "when-required";
  /**
   * Whether a body's SHA-256 is signed, which costs more processor time than all the rest. Yes over http, and no over https,
   * where TLS protects the body, when left out. A body without a checksum is always signed.
   */
  readonly signPayload?: boolean;
  /** Whether requests agree to be paid for by whoever sends them, as a bucket with requester pays demands. No when left out. */
  readonly requesterPays?: boolean;
  /** What the service keeps of AWS's promises, where it is less. */
  readonly capabilities?: {
    /** Set to false for a service that ignores or refuses `If-None-Match`. */
    readonly conditionalCreate?: boolean;
    /** Bytes up to which `If-None-Match` works: the part size for a service that ignores it on CompleteMultipartUpload. */
    readonly conditionalCreateSize?: number;
  };
  /** Bytes of one part, and of the largest object that is sent in one piece. 8 MiB when left out; AWS wants at least 5 MiB. */
  readonly partSize?: number;
  /** The most parts that an object may have, where a service takes fewer than AWS: 10,000 when left out. */
  readonly maxParts?: number;
  /** The most parts of one write in flight, 4 when left out. Fewer where they would hold more than 128 MiB. */
  readonly concurrency?: number;
  /** Milliseconds to connect in, 10,000 when left out. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds without a byte sent or received after which a request counts as dead, 60,000 when left out. */
  readonly idleTimeoutMs?: number;
  /** Milliseconds that a commit may still take after an abort, so that its outcome is known. 2,000 when left out. */
  readonly abortGraceMs?: number;
  /**
   * Milliseconds, by the service's clock, without a start or a part, after which `open` takes a multipart upload in the folder
   * for one that a killed process left, and aborts it. 24 hours when left out, 1 hour at least, `Infinity` for never: where
   * something else uploads in parts to the same folder, and takes longer breaks.
   */
  readonly abandonedAfterMs?: number;
  /** At most 5 attempts within 60 s when left out. */
  readonly retry?: Partial<RetryPolicy>;
}

/** Options with every default filled in. */
export type S3Settings = Omit<S3Options, "prefix" | Defaulted> & { readonly prefix: string } & Required<
    Pick<S3Options, Defaulted>
  >;

type Defaulted =
  | "checksums"
  | "signPayload"
  | "partSize"
  | "maxParts"
  | "concurrency"
  | "connectTimeoutMs"
  | "idleTimeoutMs"
  | "abortGraceMs"
  | "abandonedAfterMs"
  | "retry";
