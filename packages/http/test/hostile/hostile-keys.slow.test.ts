import { s3Filesystem } from "@stowage/s3";
import { type S3Server, startS3Server } from "@stowage/test-kit";
import { expect, it, onTestFinished } from "vitest";
import { makeWatchedBed } from "../bed/watched-bed.ts";
import { FOREIGN_CONTENT } from "./foreign-files.ts";
import { sendHostileForms, VERBS } from "./hostile-key-requests.ts";

const FOREIGN = [
  ["", "secret-top.zip"],
  ["app", "secret-beside.txt"],
  ["app/backups/folder", "secret-inside.zip"],
  ["app/backups2", "secret-next.zip"],
] as const;

it.each(VERBS)("no hostile form of a key reaches a foreign object of a bucket by %s%s", async (...verb) => {
  const server = await startS3Server();
  onTestFinished(() => server.close());
  const { bucket, endpoint, credentials } = server;
  const open = (prefix: string) => {
    const filesystem = s3Filesystem({ bucket, endpoint, credentials, prefix });
    onTestFinished(() => filesystem.close());
    return filesystem;
  };
  for (const [prefix, key] of FOREIGN) await open(prefix).write(key, Buffer.from(FOREIGN_CONTENT));
  const filesystem = open("app/backups");
  const bed = await makeWatchedBed({ manager: { filesystem } });
  await bed.manager.create({ name: "a.zip" });
  const before = keptKeys(server);
  bed.watch.hide(FOREIGN_CONTENT, bucket, endpoint, ...FOREIGN.map(([, key]) => key));
  bed.watch.plant(credentials.secretAccessKey);

  expect(await sendHostileForms(bed, verb)).toBeGreaterThan(150);

  expect(keptKeys(server)).toEqual(before);
  for (const [prefix, key] of FOREIGN) {
    const { content } = await open(prefix).read(key);
    expect(Buffer.concat(await content.toArray()).toString()).toBe(FOREIGN_CONTENT);
  }
  expect(await bed.keys()).toEqual(["a.zip"]);
  expect(bed.errors).toEqual([]);
  bed.watch.expectNoLeak(bed);
});

/** All but the locks that restores leave for each other. */
function keptKeys(server: S3Server): string[] {
  return server.keys().filter((key) => !key.includes(".stowage-lock."));
}
