import { join } from "node:path";
import { readTree, temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { makeManager } from "./manager-fixture.ts";

const DATA = { "a.txt": "0123456789", "b/c.txt": "01234" };

it("a good archive on a full disk is NO_SPACE with what it needs and what is free, and no byte of the data is touched", async () => {
  const { manager, dataDir, free } = await onDisk();
  await manager.create({ name: "a.zip" });
  free.bytes = 14;
  const to = join(await temporaryDirectory(), "out");

  for (const [operation, call] of [
    ["restore", () => manager.restore("a.zip")],
    ["extract", () => manager.extract("a.zip", { to })],
  ] as const) {
    await expect(call(), operation).rejects.toMatchObject({
      code: "NO_SPACE",
      operation,
      reason: "free-space",
      message: expect.stringMatching(/holds 15 bytes.*14 are free/),
    });
  }

  expect(await readTree(dataDir)).toEqual(DATA);
  await manager.verify("a.zip");
  free.bytes = 15;
  await manager.restore("a.zip");
});

it("a limit that the user set takes the place of the free space, and what is over it is the archive's fault", async () => {
  const { manager, free } = await onDisk({ maxTotalSize: 15 });
  await manager.create({ name: "a.zip" });
  free.bytes = 14;
  await manager.restore("a.zip");

  const { manager: strict, filesystem } = await onDisk();
  await strict.create({ name: "a.zip" });
  const { manager: limited } = await makeManager({ filesystem, limits: { maxTotalSize: 14 } });
  await expect(limited.restore("a.zip", { allowUnrelated: true })).rejects.toMatchObject({
    code: "INVALID_ARCHIVE",
    reason: "total-too-large",
  });
});

async function onDisk(limits = {}) {
  const free = { bytes: Number.MAX_SAFE_INTEGER };
  const disk = { ...nodeDisk, freeSpace: async () => free.bytes };
  return { free, ...(await makeManager({ data: DATA, disk, limits })) };
}
