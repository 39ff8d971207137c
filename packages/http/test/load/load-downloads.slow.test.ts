import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { noise } from "./load-archive.ts";
import { LoadReader } from "./load-reader.ts";
import { type LoadServer, startLoadServer } from "./load-server.ts";

const WARM_UP_READERS = 20;
const READERS = 200;
const SIZE = 100_000_000;
/** MiB that the server takes behind the warm-up: 77 to 120, depending on when garbage was collected last. */
const ALONE = 100;

it("200 slow readers take less than 150 MiB of memory, and each gets every byte", { timeout: 900_000 }, async () => {
  const server = await startLoadServer();
  const content = noise(SIZE);
  await writeFile(join(server.directory, "backups", "a.zip"), content);
  await download(server, content, WARM_UP_READERS);
  const base = { descriptors: await server.settled(), memory: (await server.memory()).now };
  const startedAt = performance.now();

  const { readers, descriptors } = await download(server, content, READERS);

  const { peak } = await server.memory();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.info(
    `${READERS} × ${SIZE} bytes in ${seconds} s, ${descriptors} descriptors: resident ${base.memory} MiB before, ` +
      `${peak} MiB at most`,
  );
  expect((await server.report()).errors).toEqual([]);
  for (const { status, size, isEqual } of readers) {
    expect({ status, size, isEqual }).toEqual({ status: "HTTP/1.1 200 OK", size: SIZE, isEqual: true });
  }
  expect(descriptors).toBeGreaterThanOrEqual(base.descriptors + READERS);
  expect(peak - ALONE).toBeLessThan(150);
  await vi.waitFor(async () => expect(await server.descriptors()).toBe(base.descriptors), { timeout: 60_000 });
});

/** Opens so many downloads, and lets them go on when all wait. Resolves with what was seen then, when all have ended. */
async function download(server: LoadServer, expected: Buffer, count: number) {
  const buffer = Buffer.alloc(256 * 1024);
  const options = { port: server.port, path: "/api/backups/a.zip?token=a-file-token", expected };
  const readers = Array.from({ length: count }, (_, index) => new LoadReader({ ...options, index }, buffer));
  await Promise.all(readers.map(({ answered }) => answered));
  const descriptors = await server.descriptors();
  for (const reader of readers) reader.goOn();
  await Promise.all(readers.map(({ ended }) => ended));
  return { readers, descriptors };
}
