import type { Deviations } from "@stowage/contract-tests";

/** How a server differs from the service whose protocol it speaks, each difference with its reason. */
export interface KnownServer {
  readonly title: string;
  /** The version in which all this was found, as `.ci/servers.sh` prints it. */
  readonly version: string;
  /** Parameters of the URL that take a promise back. The suite then checks that the driver refuses what is taken back. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Cases of the suite that fail. One that passes is an error, so that no entry outlives its reason. */
  readonly deviations?: Deviations;
}

const LONG_OVERWRITE = "an object whose key has 240 bytes cannot be overwritten: 409, Existing Object is a directory";
const DOT_PREFIX = 'a list by the prefix "." alone is refused: Resource name contains bad components';
const LONG_FILE_NAME =
  "with the prefix the key has 240 bytes, and its file's temporary name more than the 255 that a file system takes: 400";

/** By the name that `STOWAGE_TEST_SERVER` gives. Nothing is known of a server without a name. */
export const KNOWN_SERVERS: Readonly<Record<string, KnownServer>> = {
  rgw: {
    title: "Ceph RGW",
    version: "16.2.15+ds-0+deb12u2",
    parameters: {
      conditionalCreateSize: "CompleteMultipartUpload ignores If-None-Match; a single PutObject honours it",
    },
  },
  swift: {
    title: "OpenStack Swift",
    version: "2.30.1-0+deb12u3",
    parameters: {
      conditionalCreate: "PutObject with If-None-Match is answered with 501",
      checksums: "CompleteMultipartUpload with the checksums of its parts is answered with MalformedXML",
    },
  },
  versitygw: {
    title: "Versity S3 Gateway",
    version: "v1.8.0",
    deviations: {
      "keys/240-bytes": LONG_OVERWRITE,
      "keys/240-bytes-unicode": LONG_OVERWRITE,
    },
  },
  minio: {
    title: "MinIO",
    version: "v0.0.0-20260212201848-7aac2a2c5b7c",
    deviations: {
      "keys/leading-dot": DOT_PREFIX,
      "keys/whole-names": DOT_PREFIX,
      "list/foreign-neighbours": "a page of one object ends the list where the key of that object is the prefix",
      "list/neighbours-of-the-place":
        "beside an object that is named as the folder, lists of the folder are empty; reads are not",
    },
  },
  "fake-gcs-server": {
    title: "fake-gcs-server",
    version: "v1.56.1",
    deviations: {
      "list/cursor-again": "its page token is the next key, so that what is written right before that is passed over",
      "keys/200-bytes": LONG_FILE_NAME,
      "keys/200-bytes-unicode": LONG_FILE_NAME,
      "keys/240-bytes": LONG_FILE_NAME,
      "keys/240-bytes-unicode": LONG_FILE_NAME,
    },
  },
};
