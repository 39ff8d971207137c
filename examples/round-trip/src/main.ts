import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

// Runs the example of the README in an empty directory, and checks what it left there.
const directory = await mkdtemp(join(tmpdir(), "stowage-round-trip-"));
try {
  process.chdir(directory);
  await mkdir("data");
  await import("./round-trip.ts");
  assert.equal(await readFile("data/notes.txt", "utf8"), "precious");
} finally {
  process.chdir(tmpdir());
  await rm(directory, { recursive: true });
}
