import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { currentProcess } from "@stowage/core/driver";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it, onTestFinished } from "vitest";
import { localFilesystem } from "../src/index.ts";
import { temporaryName } from "../src/write/temporary-name.ts";
import { keysOf } from "./keys-of.ts";
import { kill, startWriting } from "./writing-process.ts";

describe("a write that is killed", () => {
  it.each([false, true])(
    "leaves the object as it was, and the next open sweeps (an old one is there: %s)",
    async (hasOld) => {
      const directory = await temporaryDirectory();
      if (hasOld) await localFilesystem({ directory }).write("a", Buffer.from("old"));
      const child = await startWriting(directory, "a");
      onTestFinished(() => kill(child));
      expect((await readdir(directory)).some(isTemporary)).toBe(true);

      const whileAlive = localFilesystem({ directory });
      expect(await keysOf(whileAlive)).toEqual(hasOld ? ["a"] : []);
      expect((await readdir(directory)).some(isTemporary)).toBe(true);

      await kill(child);
      const reopened = localFilesystem({ directory });
      expect(await keysOf(reopened)).toEqual(hasOld ? ["a"] : []);
      expect(await readdir(directory)).toEqual(hasOld ? ["a"] : []);
      if (hasOld) expect(Buffer.concat(await (await reopened.read("a")).content.toArray()).toString()).toBe("old");
    },
  );
});

describe("the sweep", () => {
  const DAY_MS = 24 * 60 * 60 * 1_000;

  it("leaves a file of another host alone for a day", async () => {
    const directory = await temporaryDirectory();
    const names = { young: foreignName(1), old: foreignName(2) };
    await place(directory, names.young, Date.now() - DAY_MS + 60_000);
    await place(directory, names.old, Date.now() - DAY_MS - 60_000);

    await localFilesystem({ directory }).open();

    expect(await readdir(directory)).toEqual([names.young]);
  });

  it("tells a process from a later one with the same id", async () => {
    const directory = await temporaryDirectory();
    const self = await currentProcess();
    const [own, earlier] = [temporaryName(self), temporaryName({ ...self, startedAt: "1" })];
    for (const name of [own, earlier]) await place(directory, name, 0);

    await localFilesystem({ directory }).open();

    expect(await readdir(directory)).toEqual([own]);
  });

  it("leaves every other hidden name alone", async () => {
    const directory = await temporaryDirectory();
    const names = [".hidden", ".stowage-lock.12", ".stowage-tmp-", ".stowage-tmp-1-2-3-4"];
    for (const name of names) await place(directory, name, 0);

    await localFilesystem({ directory }).open();

    expect((await readdir(directory)).sort()).toEqual(names);
  });
});

function foreignName(pid: number): string {
  return temporaryName({ host: "000000000000", pid, startedAt: "1" });
}

async function place(directory: string, name: string, modifiedAtMs: number): Promise<void> {
  await writeFile(join(directory, name), "part");
  await utimes(join(directory, name), modifiedAtMs / 1_000, modifiedAtMs / 1_000);
}

function isTemporary(name: string): boolean {
  return name.startsWith(".stowage-tmp-");
}
