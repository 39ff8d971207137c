import { join } from "node:path";
import { type Harness, otherProcess } from "@stowage/contract-tests";
import { putNeighbours, type S3ServerOptions, startS3Server, startSilentServer } from "@stowage/test-kit";
import { forkSource } from "@stowage/test-kit/program";
import { s3Filesystem } from "../src/index.ts";
import { KIBIBYTE, optionsFor } from "./bed.ts";

const OTHER_PROCESS = join(import.meta.dirname, "other-process.ts");

/** A server of its own for each case, with parts small enough that most cases make several. */
export const harness = harnessOver({});

/** The same over a server with options. */
export function harnessOver(place: S3ServerOptions): Harness {
  return {
    create: async () => {
      const partSize = 64 * KIBIBYTE;
      const [server, silent] = await Promise.all([
        startS3Server({ minPartSize: partSize, ...place }),
        startSilentServer(),
      ]);
      const abortGraceMs = 10_000; // on a busy machine a commit takes longer than the other tests wait for it
      const options = { ...optionsFor(server, server.endpoint), prefix: "app/backups", partSize, abortGraceMs };
      return {
        open: () => s3Filesystem(options),
        openDenied: () =>
          s3Filesystem({ ...options, credentials: { ...server.credentials, secretAccessKey: "wrong" } }),
        openMissing: () => s3Filesystem({ ...options, bucket: "no-such-bucket" }),
        openUnreachable: () => s3Filesystem({ ...options, endpoint: "http://127.0.0.1:1" }),
        openSilent: () => s3Filesystem({ ...options, endpoint: silent.endpoint }),
        residue: async () => server.uploads().map(({ key }) => key),
        neighbours: () => putNeighbours(s3Filesystem({ ...options, prefix: "" }), options.prefix),
        outage: async () => server.fail(""),
        elsewhere: () => otherProcess(forkSource(OTHER_PROCESS, JSON.stringify(options))),
        secrets: [server.credentials.secretAccessKey],
        isThrownAway: true,
        dispose: async () => void (await Promise.all([server.close(), silent.close()])),
      };
    },
  };
}
