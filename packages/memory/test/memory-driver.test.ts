import { text } from "node:stream/consumers";
import type { Filesystem } from "@stowage/core";
import { Volume } from "memfs";
import { describe, expect, it } from "vitest";
import { classify } from "../src/classify.ts";
import { memoryFilesystem } from "../src/index.ts";

describe("a volume", () => {
  it("is shared by the filesystems that are made on it", async () => {
    const volume = new Volume();
    const [one, two] = [memoryFilesystem({ volume }), memoryFilesystem({ volume })];

    await one.write("a", Buffer.from("x"));

    expect(await keysOf(two)).toEqual(["a"]);
    expect(volume.readFileSync("/a", "utf8")).toBe("x");
  });

  it("is a new one for each filesystem that names none", async () => {
    const [one, two] = [memoryFilesystem(), memoryFilesystem()];

    await one.write("a", Buffer.from("x"));

    expect(await keysOf(two)).toEqual([]);
  });

  it("may hold folders and symlinks, which are no objects", async () => {
    const volume = Volume.fromJSON({ "/folder/inner": "x", "/object": "y" });
    volume.symlinkSync("/object", "/link");
    const filesystem = memoryFilesystem({ volume });

    expect(await keysOf(filesystem)).toEqual(["object"]);
    for (const key of ["folder", "link"]) {
      await expect(filesystem.read(key)).rejects.toMatchObject({ code: "NOT_FOUND" });
      await filesystem.delete(key);
    }
    await expect(filesystem.write("folder", Buffer.from("z"))).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(volume.readFileSync("/folder/inner", "utf8")).toBe("x");
    expect(volume.readlinkSync("/link")).toBe("/object");
  });
});

describe("an object", () => {
  it("keeps its bytes for a reader that is under way", async () => {
    const filesystem = memoryFilesystem();
    await filesystem.write("a", Buffer.from("old"));
    const { content } = await filesystem.read("a");

    await filesystem.write("a", Buffer.from("new"));

    expect(await text(content)).toBe("old");
  });

  it("is not tied to the buffers that it was written from or read into", async () => {
    const filesystem = memoryFilesystem();
    const bytes = Buffer.from("kept");
    await filesystem.write("a", bytes);
    bytes.fill("x");
    for (const chunk of await (await filesystem.read("a")).content.toArray()) chunk.fill("y");

    expect(await text((await filesystem.read("a")).content)).toBe("kept");
  });

  it("stays as it was when memory runs out", async () => {
    const volume = new Volume();
    const filesystem = memoryFilesystem({ volume });
    await filesystem.write("a", Buffer.from("old"));
    failWrites(volume);

    const full = { code: "NO_SPACE" };
    await expect(filesystem.write("a", Buffer.from("new"))).rejects.toMatchObject(full);
    await expect(filesystem.write("b", Buffer.from("new"), { ifNotExists: true })).rejects.toMatchObject(full);

    expect(volume.readdirSync("/")).toEqual(["a"]);
    expect(await text((await filesystem.read("a")).content)).toBe("old");
  });
});

it.each([
  ["ENOENT", "NOT_FOUND"],
  ["EEXIST", "ALREADY_EXISTS"],
  ["EACCES", "PERMISSION_DENIED"],
  ["ENOSPC", "NO_SPACE"],
  ["EWHATEVER", "INTERNAL"],
  ["constructor", "INTERNAL"],
])("%s is %s", (errno, code) => {
  expect(classify(Object.assign(new Error(), { code: errno }))).toEqual({ code, retryable: false });
});

/** Makes the volume fail as it does without memory: the file has been emptied by then. */
function failWrites(volume: Volume): void {
  const write = volume.writeFileSync.bind(volume);
  volume.writeFileSync = (path) => {
    write(path, "");
    throw new RangeError("Array buffer allocation failed");
  };
}

async function keysOf(filesystem: Filesystem): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of filesystem.list()) keys.push(key);
  return keys;
}
