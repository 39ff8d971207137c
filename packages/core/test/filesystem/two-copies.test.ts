import { join } from "node:path";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { expect, it, vi } from "vitest";
import * as here from "../../src/index.ts";

async function otherCopy(): Promise<typeof here> {
  vi.resetModules();
  return import("../../src/index.ts");
}

it("a filesystem of another copy of this package works in a manager, a view and a mirror, and errors keep their code", async () => {
  const { MemoryDriver } = await import("@stowage/memory");
  const other = await otherCopy();
  expect(other.Filesystem).not.toBe(here.Filesystem);
  const filesystem = new other.Filesystem(new MemoryDriver()) as unknown as here.Filesystem;
  const dataDir = join(await temporaryDirectory(), "data");
  await writeTree(dataDir, { file: "content" });

  for (const source of [filesystem, here.prefixed(filesystem, "a."), here.mirrored([filesystem])]) {
    const manager = new here.BackupManager({ dataDir, filesystem: source });
    await manager.create({ name: "x.zip" });
    await expect(manager.create({ name: "x.zip" })).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    await manager.restore("x.zip");
    await manager.delete("x.zip");
    await expect(manager.restore("x.zip")).rejects.toMatchObject({ code: "NOT_FOUND", operation: "restore" });
  }
  const error = await filesystem.stat("missing").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(here.StowageError);
});

it("prefixes of several copies count together", async () => {
  const { MemoryDriver } = await import("@stowage/memory");
  const other = await otherCopy();
  const inner = other.prefixed(new other.Filesystem(new MemoryDriver()), "a".repeat(30));
  expect(() => here.prefixed(inner as unknown as here.Filesystem, "b".repeat(11))).toThrow(/prefix/);
});

it("a class that extends an error has instances of its own", () => {
  class Mine extends here.StowageError {}
  expect(new here.StowageError("INTERNAL", "x")).not.toBeInstanceOf(Mine);
  expect(new Mine("INTERNAL", "x")).toBeInstanceOf(Mine);
});

it.each([[{}], [null], [{ open: () => {} }], [{ kind: "x", capabilities: {} }]])(
  "a driver of the wrong shape is CONFIG_INVALID: %j",
  (driver) => {
    const make = () => new here.Filesystem(driver as unknown as here.FilesystemDriver);
    expect(make).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(/^driver/) }),
    );
  },
);
