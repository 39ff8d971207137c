import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { link } from "node:fs/promises";
import { join } from "node:path";
import { memoryFilesystem } from "@stowage/memory";
import { readTree, temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Disk } from "../../src/disk/disk.ts";
import { FOLDING_PROBES, foldingSeen, foldingTried } from "../../src/disk/folding.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, type BackupManagerOptions, needsRecovery, recover } from "../../src/index.ts";
import { buildZip, UTF8 } from "../archive/build-zip.ts";
import { foldingDisk } from "../disk/folding-disk.ts";

const NFC = "caf\u00e9";
const NFD = "cafe\u0301";
const DISKS: Record<string, (name: string) => string> = {
  "folds case": (name) => name.toLowerCase(),
  "folds the normal form": (name) => name.normalize("NFD"),
  "folds both": (name) => name.normalize("NFD").toLowerCase(),
  "folds nothing": (name) => name,
};

/** A manager over data on a folding directory, and an archive of entries of these names. */
async function withArchive(names: readonly string[], makeDisk: (base: string) => Disk) {
  const base = await temporaryDirectory();
  const dataDir = join(base, "data");
  await writeTree(dataDir, { Old: "old", [names[0]?.split("/")[0] === ".STOWAGE" ? "x" : (names[0] ?? "x")]: "old" });
  const filesystem = memoryFilesystem();
  const archive = buildZip(names.map((name) => ({ name, content: "new", flags: UTF8 })));
  await filesystem.write("a.zip", [archive]);
  const options: BackupManagerOptions = { dataDir, filesystem, disk: makeDisk(base) };
  return { base, dataDir, manager: new BackupManager(options) };
}

describe.each([
  ["A", "a", ["folds case", "folds both"]],
  ["d/One", "d/one", ["folds case", "folds both"]],
  ["D/one", "d/two", ["folds case", "folds both"]],
  [NFC, NFD, ["folds the normal form", "folds both"]],
])("an archive of %j and %j", (one, other, refusing) => {
  it.each(Object.entries(DISKS))(
    "is refused before anything moves by a directory that %s, or restored",
    async (kind, fold) => {
      const { base, dataDir, manager } = await withArchive([one, other], (place) => foldingDisk(place, fold));
      const before = await readTree(dataDir);
      const to = join(base, "out");

      const calls = [
        () => manager.verify("a.zip"),
        () => manager.extract("a.zip", { to }),
        () => manager.restore("a.zip"),
      ];

      if (!refusing.includes(kind)) {
        for (const call of calls) await call();
        expect(Object.keys(await readTree(dataDir))).toHaveLength(2);
        return;
      }
      for (const call of calls) {
        const refusal = await call().catch((error: unknown) => error);
        expect(refusal).toMatchObject({ code: "INVALID_ARCHIVE", reason: "colliding-names" });
        const [shown, otherShown] = [one, other].map((name) => JSON.stringify(name.split("/", 1)[0]).slice(1, -1));
        expect(String(refusal)).toContain(shown);
        expect(String(refusal)).toContain(otherShown);
      }
      expect(await readTree(dataDir)).toEqual(before);
      expect(existsSync(to)).toBe(false);
    },
  );
});

it("the folder of restores is left alone however it is written, where case is no difference", async () => {
  const { dataDir, manager } = await withArchive([".STOWAGE/swap.json", "Old"], (base) =>
    foldingDisk(base, (name) => name.toLowerCase()),
  );

  const { skipped } = await manager.restore("a.zip");

  expect(skipped).toEqual([{ name: ".STOWAGE/swap.json", reason: "excluded" }]);
  expect(await readTree(dataDir)).toEqual({ Old: "new" });
});

it.each(FOLDING_PROBES)(
  "what a killed restore left of its look at the directory goes with the next recovery (%s)",
  async (probe) => {
    const dataDir = await temporaryDirectory();
    await writeTree(dataDir, { a: "1", [`.stowage/${probe}/`]: "" });

    expect(await needsRecovery(dataDir)).toBe(true);
    await recover(dataDir);

    expect(await readTree(dataDir)).toEqual({ a: "1" });
  },
);

it("a disk that has no letters beyond ASCII is asked about case", async () => {
  const directory = await temporaryDirectory();
  const folding = foldingDisk(directory, (name) => name.toLowerCase());
  const disk: Disk = {
    ...folding,
    makeDirectory: (path) => {
      if (/[^ -~]/.test(path)) throw Object.assign(new Error("EILSEQ"), { code: "EILSEQ" });
      return folding.makeDirectory(path);
    },
  };

  expect(await foldingTried(disk, directory)).toEqual({ case: true, form: false });
  expect(await readTree(directory)).toEqual({});
});

it("a directory that has both spellings of a name folds nothing", async () => {
  const directory = await temporaryDirectory();
  await writeTree(directory, { b: "", [NFC]: "" });
  await link(join(directory, "b"), join(directory, "B")); // one file by two names
  await link(join(directory, NFC), join(directory, NFD));

  expect(await foldingSeen(nodeDisk, directory, ["b", "B", NFC, NFD])).toEqual({ case: false, form: false });
  expect(await foldingTried(nodeDisk, directory)).toEqual({ case: false, form: false });
  expect(Object.keys(await readTree(directory))).toHaveLength(4);
});

const unmountable = whyUnmountable();
if (unmountable !== undefined) console.log(`no real folding file system is tried: ${unmountable}`);

it.skipIf(unmountable !== undefined)("NTFS that ignores case is found out, and refuses twins", async () => {
  const directory = await mounted();
  mkdirSync(join(directory, "data"));
  await writeTree(join(directory, "data"), { old: "old" });
  const filesystem = memoryFilesystem();
  await filesystem.write("a.zip", [buildZip([{ name: "twin" }, { name: "Twin" }])]);
  const manager = new BackupManager({ dataDir: join(directory, "data"), filesystem });

  expect((await foldingTried(nodeDisk, directory)).case).toBe(true);
  await expect(manager.restore("a.zip")).rejects.toMatchObject({ reason: "colliding-names" });
  expect(await readTree(join(directory, "data"))).toEqual({ old: "old" });
});

function whyUnmountable(): string | undefined {
  if (process.getuid?.() !== 0) return "mounting needs root";
  if (!existsSync("/usr/bin/lowntfs-3g") || !existsSync("/usr/sbin/mkntfs")) return "ntfs-3g is not installed";
  return existsSync("/dev/fuse") ? undefined : "there is no /dev/fuse";
}

async function mounted(): Promise<string> {
  const base = await temporaryDirectory();
  const [image, directory] = [join(base, "image"), join(base, "mount")];
  mkdirSync(directory);
  execFileSync("truncate", ["-s", "8M", image]);
  execFileSync("mkntfs", ["-q", "-F", image], { stdio: "ignore" });
  execFileSync("lowntfs-3g", [image, directory, "-o", "ignore_case"]);
  onTestFinished(() => void execFileSync("umount", [directory]));
  return directory;
}
