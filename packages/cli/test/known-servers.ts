/** How a server differs from the service whose protocol it speaks, each difference with its reason. */
export interface KnownServer {
  /** Parameters of the URL that take a promise back. The suite then checks that the driver refuses what is taken back. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Cases of the suite that fail. One that passes is an error, so that no entry outlives its reason. */
  readonly deviations?: Readonly<Record<string, string>>;
}

/** By the name that `STOWAGE_TEST_SERVER` gives. Nothing is known of a server without a name. */
export const KNOWN_SERVERS: Readonly<Record<string, KnownServer>> = {
  rgw: {
    parameters: {
      conditionalCreateSize: "CompleteMultipartUpload ignores If-None-Match; a single PutObject honours it",
    },
  },
  swift: {
    parameters: {
      conditionalCreate: "PutObject with If-None-Match is answered with 501",
      checksums: "CompleteMultipartUpload with the checksums of its parts is answered with MalformedXML",
    },
  },
  versitygw: {},
  minio: {},
  "fake-gcs-server": {},
};
