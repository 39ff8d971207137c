import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Filesystem } from "@stowage/core";
import { LogDriver } from "./log-driver.ts";

const directory = await mkdtemp(join(tmpdir(), "stowage-log-"));
const path = join(directory, "objects.log");
try {
  const filesystem = new Filesystem(new LogDriver(path));
  await filesystem.write("monday.txt", Buffer.from("Backed up on Monday."));
  await filesystem.write("tuesday.txt", Buffer.from("Backed up on Tuesday."));
  const early = await filesystem.read("monday.txt");
  await filesystem.write("monday.txt", Buffer.from("Backed up on Monday, again."));

  for await (const { key, size } of filesystem.list()) console.log(`${key}  ${size} bytes`);
  console.log(`A reader that came before the overwrite still reads: ${await text(early.content)}`);
  await filesystem.close();

  const reopened = new Filesystem(new LogDriver(path));
  const { content } = await reopened.read("monday.txt");
  console.log(`After reopening the log of ${(await stat(path)).size} bytes: ${await text(content)}`);
  await reopened.close();
} finally {
  await rm(directory, { recursive: true });
}
