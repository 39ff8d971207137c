import { setTimeout as wait } from "node:timers/promises";
import type { FileInfo } from "@stowage/core";
import type { ReadRangeOptions, WriteObjectOptions } from "@stowage/core/driver";
import { MemoryDriver } from "@stowage/memory";
import { expect, it } from "vitest";
import { archiveOf } from "../bed/archive-of.ts";
import { ADMIN, FILE_TOKEN, makeBed } from "../bed/bed.ts";
import { BOUNDARY, formBytes } from "../bed/forms.ts";
import { headOf, rawConnection } from "../bed/raw-exchange.ts";

const IDLE_TIMEOUT_MS = 50;

/** Gives half of an object, and the other half long after a client would be ended. */
class PausingDriver extends MemoryDriver {
  override async read(key: string, options: ReadRangeOptions) {
    return { info: await this.stat(key), content: this.#halves((await super.read(key, options)).content) };
  }

  async *#halves(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of content) {
      yield chunk.subarray(0, 5);
      await wait(4 * IDLE_TIMEOUT_MS);
      yield chunk.subarray(5);
    }
  }
}

/** Takes the content, and commits only when it is told to stop. */
class NeverCommittingDriver extends MemoryDriver {
  isWaiting: () => void = () => {};

  override async write(
    key: string,
    content: AsyncIterable<Uint8Array>,
    options: WriteObjectOptions,
  ): Promise<FileInfo> {
    for await (const _ of content);
    this.isWaiting();
    await new Promise((_, reject) => options.signal.addEventListener("abort", () => reject(options.signal.reason)));
    return super.write(key, [] as never, options);
  }
}

it("a storage that is slow in the middle of a download is not the client's fault", async () => {
  const bed = await makeBed({ driver: new PausingDriver(), listener: { idleTimeoutMs: IDLE_TIMEOUT_MS } });
  await bed.filesystem.write("a.zip", Buffer.from("0123456789"));
  const { url } = await bed.listen();

  const response = await fetch(`${url}/api/backups/a.zip?token=${FILE_TOKEN}`, { headers: ADMIN });

  expect(await response.text()).toBe("0123456789");
});

it("a client that leaves when all of its archive is there stops the upload", async () => {
  const archive = await archiveOf(await makeBed());
  const driver = new NeverCommittingDriver();
  const waiting = new Promise<void>((resolve) => {
    driver.isWaiting = resolve;
  });
  const bed = await makeBed({ driver });
  const failed = new Promise<unknown>((resolve) => {
    bed.manager.on("failed", ({ error }) => resolve(error.code));
  });
  const { port } = await bed.listen();
  const bytes = formBytes({ content: archive });
  const socket = await rawConnection(port);
  const headers = { "content-type": `multipart/form-data; boundary=${BOUNDARY}`, "content-length": bytes.length };
  socket.write(headOf("POST", "/api/backups/upload", headers));
  socket.write(bytes);
  await waiting;

  socket.destroy();

  expect(await failed).toBe("ABORTED");
  expect(await bed.keys()).toEqual([]);
  expect(bed.errors).toEqual([]);
});
