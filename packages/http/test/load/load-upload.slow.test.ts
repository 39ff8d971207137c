import { statfs } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { readTree } from "@stowage/test-kit/tree";
import { expect, it, vi } from "vitest";
import { BOUNDARY, formBytes } from "../bed/forms.ts";
import { headOf, rawConnection, readToEnd } from "../bed/raw-exchange.ts";
import { type LoadArchive, loadArchive } from "./load-archive.ts";
import { type LoadServer, startLoadServer } from "./load-server.ts";

const GIB = 1024 ** 3;

it("an upload of 8 GiB takes less than 64 MiB of memory", { timeout: 900_000 }, async ({ skip }) => {
  const { bavail, bsize } = await statfs(tmpdir());
  skip(bavail * bsize < 10 * GIB, "the upload waits on disk to be judged: that takes 8 GiB");
  const server = await startLoadServer({ storage: "sink" });
  expect(await upload(server, "warm-up.zip", loadArchive(1))).toMatch(/^HTTP\/1.1 204 /);
  const base = { descriptors: await server.settled(), memory: (await server.memory()).now };
  const archive = loadArchive(128);

  const startedAt = performance.now();
  const answer = await upload(server, "large.zip", archive);

  const { peak } = await server.memory();
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  console.info(`${archive.size} bytes in ${seconds} s: resident ${base.memory} MiB before, ${peak} MiB at most`);
  expect((await server.report()).errors).toEqual([]);
  expect(answer).toMatch(/^HTTP\/1.1 204 /);
  expect(archive.size).toBeGreaterThan(8 * GIB);
  expect((await server.send("HEAD", "/api/backups/large.zip?token=a-file-token")).headers["content-length"]).toBe(
    String(archive.size),
  );
  expect(peak - base.memory).toBeLessThan(64);
  await vi.waitFor(async () => expect(await server.descriptors()).toBe(base.descriptors), { timeout: 60_000 });
  expect(Object.keys(await readTree(server.dataDir)).sort()).toEqual(["data.db", "logs/app.log"]);
});

/** Sends the archive as a form, as fast as the server takes it. Resolves with the answer. */
async function upload({ port }: LoadServer, key: string, archive: LoadArchive): Promise<string> {
  const socket = await rawConnection(port);
  const answer = readToEnd(socket);
  const form = formBytes({ content: "", disposition: `form-data; name="file"; filename="${key}"` });
  const closing = form.indexOf("\r\n\r\n") + 4;
  const headers = {
    "content-type": `multipart/form-data; boundary=${BOUNDARY}`,
    "content-length": form.length + archive.size,
    connection: "close",
  };
  await written(socket, Buffer.from(headOf("POST", "/api/backups/upload", headers)));
  await written(socket, form.subarray(0, closing));
  for (const chunk of archive.chunks()) await written(socket, chunk);
  await written(socket, form.subarray(closing));
  return answer;
}

/** Resolves when the bytes have gone to the operating system, also when nobody takes them any more: the answer tells. */
function written(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => socket.write(bytes, () => resolve()));
}
