import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { nodeDisk, nodeDiskOn } from "../../src/disk/node-disk.ts";
import { WINDOWS } from "../../src/disk/platform.ts";
import { BackupManager } from "../../src/index.ts";
import { buildZip } from "../archive/build-zip.ts";
import { faultyDisk } from "../disk/faulty-disk.ts";
import { keysOf, makeManager } from "./manager-fixture.ts";

const ARCHIVE = buildZip([{ name: "data.db", content: "new" }]);
const windows = { ...nodeDiskOn(WINDOWS), threads: undefined };

describe("an upload on a host that has no data yet", () => {
  it.each([
    ["this system", nodeDisk],
    ["Windows", windows],
  ])("is judged, and makes nothing that stays, with the rules of %s", async (_, disk) => {
    const root = await temporaryDirectory();
    const { filesystem } = await makeManager();
    const manager = new BackupManager({ dataDir: join(root, "deep/data"), filesystem, disk });

    await expect(manager.upload("bad.zip", Buffer.from("PK no archive"))).rejects.toMatchObject({
      code: "INVALID_ARCHIVE",
    });
    await manager.upload("a.zip", ARCHIVE);

    expect(await readdir(root)).toEqual([]);
    await manager.restore("a.zip");
    expect(await readTree(join(root, "deep/data"))).toEqual({ "data.db": "new" });
  });

  it("leaves nothing, whichever call of the disk fails", async () => {
    for (let failAt = 1; ; failAt++) {
      const root = await temporaryDirectory();
      const { filesystem } = await makeManager();
      const faulty = faultyDisk(nodeDisk, { failAt });
      const manager = new BackupManager({ dataDir: join(root, "data"), filesystem, disk: faulty.disk });

      const failure = await manager.upload("a.zip", ARCHIVE).then(
        () => undefined,
        (error: unknown) => error,
      );

      const where = `call ${failAt}: ${faulty.calls[failAt - 1]}`;
      if (failure !== undefined) expect(failure, where).toMatchObject({ code: expect.any(String) });
      expect(await keysOf(filesystem), where).toEqual(failure === undefined ? ["a.zip"] : []);
      expect(faulty.openFiles, where).toBe(0);
      if (failAt > faulty.calls.length) return expect(await readdir(root)).toEqual([]);
    }
  });
});

describe("an upload where nothing may be written beside the data", () => {
  it.each(["EROFS", "EACCES", "EPERM"])(
    "waits in the temporary directory (%s), and leaves nothing there",
    async (code) => {
      const { filesystem, dataDir } = await makeManager();
      const refused: string[] = [];
      const before = (call: string) => {
        const [verb, path = ""] = call.split(" ");
        if (!/^(makeDirectory|createFile)$/.test(verb ?? "") || !path.startsWith(dirname(dataDir))) return;
        refused.push(path);
        throw Object.assign(new Error(`${code}: refused`), { code });
      };
      const faulty = faultyDisk(nodeDisk, { before });
      const manager = new BackupManager({ dataDir, filesystem, disk: faulty.disk });

      await manager.upload("a.zip", ARCHIVE);

      expect(refused.length).toBeGreaterThan(0);
      const created = faulty.calls.filter((call) => call.startsWith(`createFile ${join(tmpdir(), "stowage-upload-")}`));
      expect(created).toHaveLength(1);
      for (const call of created) expect(existsSync(dirname(call.slice("createFile ".length)))).toBe(false);
      expect(faulty.openFiles).toBe(0);
      expect(await keysOf(filesystem)).toEqual(["a.zip"]);
    },
  );

  it("is an error where the data directory is a file", async () => {
    const root = await temporaryDirectory();
    await writeTree(root, { data: "a file" });
    const { filesystem } = await makeManager();

    const upload = new BackupManager({ dataDir: join(root, "data"), filesystem }).upload("a.zip", ARCHIVE);

    await expect(upload).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    expect(await readTree(root)).toEqual({ data: "a file" });
  });
});
