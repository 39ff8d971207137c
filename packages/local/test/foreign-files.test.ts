import { execFile } from "node:child_process";
import { mkdir, open, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it, onTestFinished } from "vitest";
import { LocalDriver, localFilesystem } from "../src/index.ts";
import { keysOf } from "./keys-of.ts";

const FOREIGN = ["folder", "link", "dangling", "socket", "fifo"];

describe("what is not a regular file", () => {
  it("is not listed", async () => {
    const filesystem = localFilesystem({ directory: await directoryWithForeignFiles() });

    const keys = await keysOf(filesystem);

    expect(keys).toEqual(["object"]);
  });

  it("is not listed by the driver either, nor is a file in progress or a name that is not UTF-8", async () => {
    const directory = await directoryWithForeignFiles();
    await writeFile(join(directory, "latin1-\ufffd"), ""); // what the other name becomes when it is decoded
    const { signal } = new AbortController();

    const { files } = await new LocalDriver({ directory }).list({ prefix: "", limit: 99, signal });

    expect(files.map(({ key }) => key)).toEqual([".hidden", "latin1-\ufffd", "object"]);
  });

  it.each(FOREIGN)("is missing for stat and read: %s", async (key) => {
    const filesystem = localFilesystem({ directory: await directoryWithForeignFiles() });

    await expect(filesystem.stat(key)).rejects.toMatchObject({ code: "NOT_FOUND", key });
    await expect(filesystem.read(key)).rejects.toMatchObject({ code: "NOT_FOUND", key });
  });

  it.each(FOREIGN)("is not touched by delete: %s", async (key) => {
    const directory = await directoryWithForeignFiles();

    await localFilesystem({ directory }).delete(key);

    expect((await execute("ls", ["-1", directory])).stdout.split("\n")).toContain(key);
  });

  it("is not replaced by a create-only write", async () => {
    const directory = await directoryWithForeignFiles();
    const filesystem = localFilesystem({ directory });

    for (const key of FOREIGN) {
      const write = filesystem.write(key, Buffer.from("new"), { ifNotExists: true });
      await expect(write).rejects.toMatchObject({ code: "ALREADY_EXISTS", key });
    }
    expect(await readFile(join(directory, "..", "outside"), "utf8")).toBe("secret");
  });

  it("is not replaced by a write if it is a folder", async () => {
    const directory = await directoryWithForeignFiles();

    const write = localFilesystem({ directory }).write("folder", Buffer.from("new"));

    await expect(write).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect((await stat(join(directory, "folder", "inner"))).isFile()).toBe(true);
  });

  it("is replaced by a write if it is a symlink, whose target stays as it was", async () => {
    const directory = await directoryWithForeignFiles();
    const filesystem = localFilesystem({ directory });

    await filesystem.write("link", Buffer.from("new"));

    expect((await filesystem.stat("link")).size).toBe(3);
    expect(await readFile(join(directory, "..", "outside"), "utf8")).toBe("secret");
  });
});

const execute = promisify(execFile);

async function directoryWithForeignFiles(): Promise<string> {
  const parent = await temporaryDirectory();
  const directory = join(parent, "objects");
  await mkdir(join(directory, "folder"), { recursive: true });
  await writeFile(join(directory, "folder", "inner"), "");
  await writeFile(join(parent, "outside"), "secret");
  await symlink("../outside", join(directory, "link"));
  await symlink("nowhere", join(directory, "dangling"));
  await execute("mkfifo", [join(directory, "fifo")]);
  await listenAt(join(directory, "socket"));
  await writeFile(join(directory, "object"), "content");
  await (await open(Buffer.concat([Buffer.from(`${directory}/latin1-`), Buffer.from([0xe9])]), "w")).close();
  await writeFile(join(directory, ".stowage-tmp-x"), "in progress");
  await writeFile(join(directory, ".hidden"), "");
  return directory;
}

async function listenAt(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
}
