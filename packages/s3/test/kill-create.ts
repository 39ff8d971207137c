import { join } from "node:path";
import { type S3Server, startS3Server } from "@stowage/test-kit";
import { type KillFigures, killCreates } from "@stowage/test-kit/kill";
import { s3Filesystem } from "../src/index.ts";
import { optionsFor, PART_SIZE } from "./bed.ts";
import { killCreateManager } from "./kill-create-child.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/** Kills a create before and after every request. */
export function killS3Creates(): Promise<KillFigures> {
  return killCreates<S3Server>({
    program: join(import.meta.dirname, "kill-create-child.ts"),
    dataSize: 5 * PART_SIZE,
    start: () => startS3Server({ minPartSize: PART_SIZE }),
    targetOf: ({ endpoint }) => endpoint,
    storageAt: (server, endpoint) => ({ ...optionsFor(server, endpoint), prefix: "app" }),
    open: killCreateManager,
    leftovers,
  });
}

/** Uploads that stay open until they were silent for a day, and go at the next start then. */
async function leftovers(server: S3Server): Promise<number> {
  const left = server.uploads().length;
  server.ageUploads(DAY_MS + 60_000);
  const filesystem = s3Filesystem({ ...optionsFor(server, server.endpoint), prefix: "app" });
  await filesystem.open();
  await filesystem.close();
  if (server.uploads().length > 0) throw new Error("the next start leaves an upload open");
  return left;
}
