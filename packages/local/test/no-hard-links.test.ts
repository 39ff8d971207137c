import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BackupManager, Filesystem } from "@stowage/core";
import { currentProcess, nodeDisk } from "@stowage/core/driver";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { LocalDriver } from "../src/index.ts";
import type { LocalDisk } from "../src/local-disk.ts";
import { reservedName, temporaryName } from "../src/write/temporary-name.ts";
import { diskError, FailingDisk } from "./failing-disk.ts";

const ERRNOS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EISDIR"];
/** SHA-256 of "a", as of `printf a | sha256sum`. */
const HASH_OF_A = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

describe("on a disk without hard links", () => {
  it.each(ERRNOS)(
    "a create-only write stores a free key and leaves a taken one, and nothing else stays (%s)",
    async (errno) => {
      const { directory, filesystem } = await storage({ link: () => Promise.reject(diskError(errno, "link")) });

      await filesystem.write("a", Buffer.from("first"), { ifNotExists: true });
      const second = filesystem.write("a", Buffer.from("second"), { ifNotExists: true });

      await expect(second).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
      expect(await readdir(directory)).toEqual(["a"]);
      expect(await readFile(join(directory, "a"), "utf8")).toBe("first");
    },
  );

  it("of sixteen create-only writes at once one wins", async () => {
    const { directory, filesystem } = await storage(LINKLESS);
    const texts = Array.from({ length: 16 }, (_, index) => `text ${index}`);

    const writes = texts.map((text) =>
      filesystem.write("a", Buffer.from(text), { ifNotExists: true }).then(() => text),
    );
    const results = await Promise.allSettled(writes);

    const wins = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
    expect(wins).toEqual([await readFile(join(directory, "a"), "utf8")]);
    for (const result of results) if (result.status === "rejected") expect(result.reason.code).toBe("ALREADY_EXISTS");
    expect(await readdir(directory)).toEqual(["a"]);
  });

  it("a key that a killed process reserved is taken over by a write, and the reservation swept when the place is opened", async () => {
    const { directory, filesystem } = await storage(LINKLESS);
    const reservation = join(directory, reservedName(HASH_OF_A));
    const dead = temporaryName({ ...(await currentProcess()), pid: 2 ** 22 + 1 });
    await filesystem.open();

    await writeFile(reservation, dead);
    await filesystem.write("a", Buffer.from("x"), { ifNotExists: true });
    expect(await readdir(directory)).toEqual(["a"]);

    await writeFile(reservation, dead);
    await new Filesystem(new LocalDriver({ directory })).open();
    expect(await readdir(directory)).toEqual(["a"]);
  });

  it("a key that a living process reserved waits for it", async () => {
    const { directory, filesystem } = await storage(LINKLESS);
    await filesystem.open();
    const reservation = join(directory, reservedName(HASH_OF_A));
    await writeFile(reservation, temporaryName(await currentProcess()));
    let isFree = false;

    const write = filesystem.write("a", Buffer.from("x"), { ifNotExists: true }).then(() => isFree);
    await new Promise((resolve) => setTimeout(resolve, 100));
    isFree = true;
    await nodeDisk.removeFile(reservation);

    expect(await write).toBe(true);
  });

  it("backups are made under the storage's lock, and restored", async () => {
    const { directory, filesystem } = await storage(LINKLESS);
    const dataDir = join(await temporaryDirectory(), "data");
    await writeTree(dataDir, { "data.db": "a database" });
    const manager = new BackupManager({ dataDir, filesystem, lock: "required" });

    for (const name of ["a.zip", "b.zip"]) await manager.create({ name });
    await writeTree(dataDir, { "data.db": "lost" });
    await manager.restore("b.zip");
    await manager.close();

    expect(await readFile(join(dataDir, "data.db"), "utf8")).toBe("a database");
    const locks = (await readdir(directory)).filter((name) => name.startsWith(".stowage-tmp"));
    expect(locks).toEqual([]);
  });

  it("a create-only write whose nth disk call fails leaves all as it was or done, and nothing else", async () => {
    const { calls } = await failingAt(Number.POSITIVE_INFINITY);
    expect(calls).toContain("rename");
    for (let at = 1; at <= calls.length; at++) {
      const { failed, error, names, openFiles } = await failingAt(at);
      const step = `${failed}, call ${at}: ${String(error)}`;
      expect([["b"], ["a", "b"]], step).toContainEqual(names);
      if (error === undefined) expect(names, step).toEqual(["a", "b"]);
      expect(openFiles, step).toBe(0);
    }
  });
});

it("a link whose answer was lost, as over NFS, is known by the second name of the file", async () => {
  const link = async (from: string, to: string) => {
    await nodeDisk.link(from, to);
    throw diskError("EEXIST", "link");
  };
  const { directory, filesystem } = await storage({ link });

  await filesystem.write("a", Buffer.from("x"), { ifNotExists: true });

  expect(await readdir(directory)).toEqual(["a"]);
  await expect(filesystem.write("a", Buffer.from("y"), { ifNotExists: true })).rejects.toMatchObject({
    code: "ALREADY_EXISTS",
  });
});

const LINKLESS: Partial<LocalDisk> = { link: () => Promise.reject(diskError("EPERM", "link")) };

async function storage(changes: Partial<LocalDisk>): Promise<{ directory: string; filesystem: Filesystem }> {
  const directory = await temporaryDirectory();
  return { directory, filesystem: new Filesystem(new LocalDriver({ directory }, { ...nodeDisk, ...changes })) };
}

/** One create-only write, of which one call fails. */
async function failingAt(at: number) {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "b"), "other");
  const failing = new FailingDisk({ at, errno: "EIO" });
  const driver = new LocalDriver({ directory }, { ...failing.disk, ...LINKLESS });
  driver.open = async () => {};
  const error = await new Filesystem(driver).write("a", Buffer.from("x"), { ifNotExists: true }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { ...failing, calls: failing.calls, failed: failing.failed, error, names: (await readdir(directory)).sort() };
}
