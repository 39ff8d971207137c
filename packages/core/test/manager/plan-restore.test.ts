import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { wrapDriver } from "@stowage/contract-tests";
import { SeededRandom } from "@stowage/test-kit/random";
import { readTree, type Tree, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import type { Disk } from "../../src/disk/disk.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { BackupManager, type BackupManagerOptions, type RestorePlan } from "../../src/index.ts";
import { buildZip } from "../archive/build-zip.ts";
import { type Fixture, makeManager } from "./manager-fixture.ts";
import { withMountsIn } from "./mounted-fixture.ts";

const PLAN = { dryRun: true } as const;

/** What looks and changes nothing. Anything else that a plan calls fails the test. */
const LOOKS: readonly string[] = [
  "freeSpace",
  "lstat",
  "lstatEach",
  "openFile",
  "platform",
  "readDirectory",
  "readLink",
  "statDirectory",
];

function looking(): Disk {
  return new Proxy(nodeDisk, {
    get(target, name, receiver) {
      if (name === "threads") return undefined;
      if (LOOKS.includes(String(name))) return Reflect.get(target, name, receiver);
      throw new Error(`a plan calls ${String(name)}`);
    },
  });
}

/** A backup of `archived` under "a.zip", and a manager that cannot change the data, which is `data` now. */
async function planning(archived: Tree, data: Tree, options: Partial<BackupManagerOptions> = {}): Promise<Fixture> {
  const { manager: before, dataDir, filesystem } = await makeManager({ data: archived });
  await before.create({ name: "a.zip" });
  await rm(dataDir, { recursive: true });
  await writeTree(dataDir, data);
  return { dataDir, filesystem, manager: new BackupManager({ dataDir, filesystem, disk: looking(), ...options }) };
}

function codesOf({ problems }: RestorePlan): string[] {
  return problems.map(({ code, reason }) => (reason === undefined ? code : `${code}/${reason}`));
}

describe("restore with dryRun", () => {
  it("says what comes, goes and stays, with bytes and names, and changes nothing", async () => {
    const archived = { "both.txt": "12345", "d/new.txt": "123", "new.txt": "1", "e/": "" };
    const data = { "both.txt": "1", "d/old.txt": "12", "old/deep/x": "1234", "logs/a.log": "123456", "logs/b/c": "1" };
    const { manager, dataDir } = await planning(archived, data, { exclude: ["logs"] });
    await symlink("both.txt", join(dataDir, "a-link"));

    const plan = await manager.restore("a.zip", PLAN);

    expect(plan).toMatchObject({ key: "a.zip", isPossible: true, problems: [], entries: 5, size: 9 });
    expect(plan.added).toEqual({ count: 2, size: 4, names: ["d/new.txt", "new.txt"] });
    expect(plan.replaced).toEqual({ count: 1, size: 5, names: ["both.txt"] });
    expect(plan.removed).toEqual({ count: 3, size: 6, names: ["a-link", "d/old.txt", "old/deep/x"] });
    expect(plan.kept).toEqual({ count: 2, size: 7, names: ["logs/a.log", "logs/b/c"] });
    expect(plan.space).toEqual([{ mount: "", needed: 9, free: expect.any(Number) }]);
    await rm(join(dataDir, "a-link"));
    expect(await readTree(dataDir)).toEqual(data);
  });

  it("foretells what a restore does, whatever lies there", async () => {
    const random = new SeededRandom(1_216);
    for (let round = 1; round <= 15; round++) {
      const [archived, data] = [randomTree(random), randomTree(random)];
      const { manager, dataDir, filesystem } = await planning(archived, data, { exclude: ["**/keep"] });
      const before = await filesOf(dataDir);

      const plan = await manager.restore("a.zip", PLAN);

      const label = `round ${round}`;
      const real = new BackupManager({ dataDir, filesystem, exclude: ["**/keep"] });
      const outcome = await real.restore("a.zip").catch(({ code }) => code);
      if (!plan.isPossible) {
        expect(outcome, label).toBe(plan.problems[0]?.code);
        continue;
      }
      const after = await filesOf(dataDir);
      expect(outcome, label).toMatchObject({ entries: plan.entries, size: plan.size });
      const stays = (name: string) => /(^|\/)keep(\/|$)/.test(name) && before.has(name);
      const [there, come] = [[...before.keys()], [...after.keys()]];
      expect(plan.added.names, label).toEqual(come.filter((name) => !before.has(name)));
      expect(plan.removed.names, label).toEqual(there.filter((name) => !after.has(name)));
      expect(plan.kept.names, label).toEqual(there.filter(stays));
      expect(plan.replaced.names, label).toEqual(come.filter((name) => before.has(name) && !stays(name)));
    }
  });

  it("calls no hook, tells no event, writes nothing to the storage, and is not told as the last operation", async () => {
    const calls: string[] = [];
    const { manager, filesystem } = await makeManager({
      wrap: (driver) =>
        wrapDriver(driver, {
          write: (key, content, options) => {
            calls.push(`write ${key}`);
            return driver.write(key, content, options);
          },
        }),
      hooks: { beforeSwap: () => void calls.push("beforeSwap"), afterSwap: () => void calls.push("afterSwap") },
    });
    await filesystem.write("a.zip", buildZip([{ name: "data.db", content: "x" }]));
    calls.length = 0;
    for (const event of ["start", "progress", "done", "failed"] as const) manager.on(event, () => calls.push(event));

    await manager.restore("a.zip", PLAN);

    expect(calls).toEqual([]);
    expect(manager.status().last).toBeUndefined();
    expect(await manager.history()).toEqual([]);
  });

  it("plans for a data directory that is not there", async () => {
    const { manager, dataDir } = await planning({ "a.txt": "123" }, {});
    await rm(dataDir, { recursive: true });

    const plan = await manager.restore("a.zip", PLAN);

    expect(plan).toMatchObject({ isPossible: true, added: { count: 1, size: 3 }, removed: { count: 0 } });
    await expect(readTree(dataDir)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("tells each required file that is missing, and an archive of something else", async () => {
    const { manager, filesystem } = await planning(
      { "x.txt": "1" },
      { "y.txt": "1" },
      { requiredFiles: ["y.txt", "z"] },
    );
    await filesystem.write("b.zip", buildZip([{ name: "x.txt", content: "1" }]));

    const plan = await manager.restore("b.zip", PLAN);

    expect(plan.isPossible).toBe(false);
    expect(codesOf(plan)).toEqual([
      "INVALID_ARCHIVE/required-file",
      "INVALID_ARCHIVE/required-file",
      "INVALID_ARCHIVE/unrelated",
    ]);
    expect(plan.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining('"y.txt"'),
      expect.stringContaining('"z"'),
      expect.any(String),
    ]);
    expect(plan.added.names).toEqual(["x.txt"]);
    expect(codesOf(await manager.restore("b.zip", { ...PLAN, allowUnrelated: true }))).toHaveLength(2);
  });

  it("tells an archive without a file, and how much room is missing", async () => {
    const disk = { ...nodeDisk, freeSpace: async () => 2 };
    const { manager, filesystem } = await planning({ "x.txt": "123" }, { "x.txt": "1" }, { disk });
    await filesystem.write("empty.zip", buildZip([{ name: "x/" }]));

    expect(codesOf(await manager.restore("a.zip", PLAN))).toEqual(["NO_SPACE/free-space"]);
    expect((await manager.restore("a.zip", PLAN)).space).toEqual([{ mount: "", needed: 3, free: 2 }]);
    expect(codesOf(await manager.restore("empty.zip", PLAN))).toContain("INVALID_ARCHIVE/no-files");
    const limited = await planning({ "x.txt": "123" }, {}, { disk, limits: { maxTotalSize: 3 } });
    expect(codesOf(await limited.manager.restore("a.zip", PLAN))).toEqual([]);
  });

  it("tells previous data that is kept, and a restore that was interrupted", async () => {
    const { manager, dataDir, filesystem } = await planning({ "x.txt": "1" }, { "x.txt": "2" });
    await new BackupManager({ dataDir, filesystem }).restore("a.zip", { keepPrevious: true });

    const plan = await manager.restore("a.zip", PLAN);

    expect(codesOf(plan)).toEqual(["RECOVERY_REQUIRED"]);
    expect(plan.replaced.names).toEqual(["x.txt"]);
    expect(plan.kept.count).toBe(0); // what restores keep is theirs
    const { manager: broken, dataDir: other } = await planning({ "x.txt": "1" }, { "x.txt": "2" });
    await mkdir(join(other, ".stowage"), { recursive: true });
    await writeFile(join(other, ".stowage/swap.json"), "{");
    expect(codesOf(await broken.restore("a.zip", PLAN))).toEqual(["RECOVERY_REQUIRED", "JOURNAL_CORRUPT"]);
  });

  it("tells mounts, and the room on each volume", async () => {
    const { dataDir, filesystem, disk } = await withMountsIn(["a/up"]);
    const refused = await new BackupManager({ dataDir, filesystem, disk }).restore("a.zip", PLAN);
    const kept = await new BackupManager({ dataDir, filesystem, disk, mounts: "keep" }).restore("a.zip", PLAN);
    const roots = await new BackupManager({ dataDir, filesystem, disk, mounts: "roots" }).restore("a.zip", PLAN);

    expect(codesOf(refused)).toEqual(["MOUNT_IN_DATA_DIR"]);
    expect(kept.kept).toEqual({ count: 1, size: 0, names: ["a/up"] });
    expect(kept.replaced.names).toEqual(["data.db"]);
    expect(roots.space.map(({ mount, needed }) => [mount, needed])).toEqual([
      ["", 16],
      ["a/up", 16],
    ]);
    expect(roots.replaced.names).toEqual(["a/up/x", "data.db"]);
    expect(roots.removed.names).toEqual(["a/up/deep/only-now", "a/up/only-now"]);
  });

  it("tells a file that would come where a directory has to stay", async () => {
    const { manager } = await planning({ up: "a file", "x.txt": "1" }, { "up/keep": "1" }, { exclude: ["up/keep"] });

    expect(codesOf(await manager.restore("a.zip", PLAN))).toEqual(["SWAP_FAILED"]);
  });

  it("tells names that are not UTF-8 as kept, and that a file may come where only such names are", async () => {
    const { manager, dataDir } = await planning({ up: "a file", "x.txt": "1" }, { "up/": "", "y/": "" });
    for (const dir of ["up", "y"]) await writeFile(Buffer.from(`${dataDir}/${dir}/\xff`, "latin1"), "1");

    const plan = await manager.restore("a.zip", PLAN);

    expect(codesOf(plan)).toEqual([]);
    expect(plan.kept.names).toEqual(["up/\ufffd", "y/\ufffd"]);
  });

  it("tells links that are not made, and what the archive left out", async () => {
    const { manager, filesystem } = await planning({ "x.txt": "1" }, { "x.txt": "1" });
    await filesystem.write(
      "b.zip",
      buildZip([
        { name: "x.txt", content: "1" },
        { name: "out", content: "/etc/passwd", mode: 0o120777 },
        { name: "in", content: "x.txt", mode: 0o120777 },
        { name: ".stowage/x", content: "1" },
      ]),
    );

    const plan = await manager.restore("b.zip", PLAN);

    expect(plan.added.names).toEqual(["in"]);
    expect(plan.skipped).toEqual([
      { name: ".stowage/x", reason: "excluded" },
      { name: "out", reason: "link-outside" },
    ]);
  });

  it("rejects for an archive that is missing or damaged, and after an abort", async () => {
    const { manager, filesystem } = await planning({ "x.txt": "1" }, {});
    await filesystem.write("cut.zip", Buffer.from("PK\u0003\u0004 and no more"));

    await expect(manager.restore("none.zip", PLAN)).rejects.toMatchObject({ code: "NOT_FOUND", operation: "restore" });
    await expect(manager.restore("cut.zip", PLAN)).rejects.toMatchObject({ code: "INVALID_ARCHIVE" });
    const aborted = manager.restore("a.zip", { ...PLAN, signal: AbortSignal.abort() });
    await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("counts all names and shows a hundred", async () => {
    const many = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`f${1_000 + index}`, "1"]));
    const { manager } = await planning(many, {});

    const { added } = await manager.restore("a.zip", PLAN);

    expect(added).toMatchObject({ count: 250, size: 250 });
    expect(added.names).toEqual(Object.keys(many).slice(0, 100));
  });
});

/** Few names, so that there are files where directories are, and the other way round. */
function randomTree(random: SeededRandom): Tree {
  const tree: Record<string, string> = { root: "r" };
  const isFree = (name: string) =>
    !Object.keys(tree).some((other) => `${other}/`.startsWith(`${name}/`) || `${name}/`.startsWith(`${other}/`));
  for (let count = random.between(1, 8); count > 0; count--) {
    const depth = random.between(1, 3);
    const name = Array.from({ length: depth }, () => random.pick(["a", "b", "keep", "c"])).join("/");
    if (isFree(name)) tree[name] = "x".repeat(random.below(5));
  }
  return tree;
}

async function filesOf(directory: string): Promise<Map<string, string>> {
  const tree = Object.entries(await readTree(directory));
  return new Map(tree.filter(([name]) => !name.endsWith("/") && !name.startsWith(".stowage")).sort());
}
