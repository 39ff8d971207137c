import { type DriverVerb, recordCalls, wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { expect, it } from "vitest";
import { Filesystem, type FilesystemDriver } from "../../src/index.ts";
import { GenerationLock } from "../../src/lock/generation-lock.ts";

const { signal } = new AbortController();

it("a storage that lists no key with a leading dot is told of, after few calls, rather than asked for ever", async () => {
  const calls: DriverVerb[] = [];
  const filesystem = new Filesystem(recordCalls(hidingDots(new MemoryDriver()), calls));
  const first = await new GenerationLock(filesystem).acquire("create", "a.zip", signal);
  await first.release();

  const second = new GenerationLock(filesystem).acquire("create", "b.zip", signal);

  await expect(second).rejects.toMatchObject({ code: "INTERNAL", operation: "create", key: "b.zip" });
  await expect(second).rejects.toThrow("hide keys that start with a dot");
  expect(calls.filter((verb) => verb === "list").length).toBeLessThan(20);
  await filesystem.close();
});

it("the pause between two tries loses to the signal", async () => {
  const filesystem = new Filesystem(hidingDots(new MemoryDriver()));
  await (await new GenerationLock(filesystem).acquire("create", "a.zip", signal)).release();
  const controller = new AbortController();

  const second = new GenerationLock(filesystem).acquire("create", "b.zip", controller.signal);
  controller.abort();

  await expect(second).rejects.toMatchObject({ name: "AbortError" });
  await filesystem.close();
});

function hidingDots(driver: FilesystemDriver): FilesystemDriver {
  return wrapDriver(driver, {
    list: async (options) => {
      const page = await driver.list(options);
      return { ...page, files: page.files.filter(({ key }) => !key.startsWith(".")) };
    },
  });
}
