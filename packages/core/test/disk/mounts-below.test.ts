import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import type { Disk } from "../../src/disk/disk.ts";
import { mountsBelow } from "../../src/disk/mounts-below.ts";
import { nodeDisk, nodeDiskOn } from "../../src/disk/node-disk.ts";
import { MACOS, WINDOWS } from "../../src/disk/platform.ts";
import { removeTree } from "../../src/disk/remove-tree.ts";
import { withMounts } from "./mount-table.ts";

describe("mountsBelow", () => {
  it("names what is mounted below a directory, and neither the directory nor its neighbours", async () => {
    const dataDir = await temporaryDirectory();
    const names = ["", "/uploads", "/a/b/deep er", "-neighbour", "/uploads"];
    const disk = withMounts(nodeDisk, ["/", ...names.map((name) => dataDir + name)]);

    expect(await mountsBelow(disk, dataDir)).toEqual(["a/b/deep er", "uploads"]);
  });

  it("reads a list of any length", async () => {
    const dataDir = await temporaryDirectory();
    const many = Array.from({ length: 3_000 }, (_, index) => `/mnt/${index}`);

    expect(await mountsBelow(withMounts(nodeDisk, [...many, `${dataDir}/last`]), dataDir)).toEqual(["last"]);
  });

  it("goes by the device where the kernel has no list", async () => {
    const dataDir = await temporaryDirectory();
    await mkdir(join(dataDir, "a/other/inner"), { recursive: true });

    expect(await mountsBelow(withoutList(nodeDisk, join(dataDir, "a/other")), dataDir)).toEqual(["a/other"]);
    const onMac = withoutList(nodeDiskOn(MACOS), join(dataDir, "a/other"));
    expect(await mountsBelow(onMac, dataDir)).toEqual(["a/other"]);
    const onWindows = withoutList(nodeDiskOn(WINDOWS), join(dataDir, "a/other")); // where a mount is a link
    expect(await mountsBelow(onWindows, dataDir)).toEqual([]);
  });
});

describe("removeTree", () => {
  it.each(["", "/a", "/a/b"])("removes nothing if something is mounted at %j of it", async (name) => {
    const directory = join(await temporaryDirectory(), "tree");
    await writeTree(directory, { "a/b/c": "x", d: "y" });
    const disk = withMounts(nodeDisk, [directory + name]);

    await expect(removeTree(disk, directory)).rejects.toMatchObject({ code: "EBUSY" });
    expect(await readTree(directory)).toEqual({ "a/b/c": "x", d: "y" });
  });

  it("stops at another device where the kernel has no list", async () => {
    const directory = join(await temporaryDirectory(), "tree");
    await writeTree(directory, { "a/b/c": "x" });

    const removal = removeTree(withoutList(nodeDisk, join(directory, "a/b")), directory);

    await expect(removal).rejects.toMatchObject({ code: "EBUSY" });
    expect(await readTree(directory)).toEqual({ "a/b/c": "x" });
  });
});

/** A disk of a system without mountinfo, on which a directory is on another device. */
function withoutList(disk: Disk, other: string): Disk {
  return {
    ...disk,
    openFile: async (path) => {
      if (path === "/proc/self/mountinfo") throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
      return disk.openFile(path);
    },
    lstat: async (path) => {
      const stats = await disk.lstat(path);
      if (String(path).startsWith(other)) stats.dev += 1;
      return stats;
    },
  };
}
