import { join } from "node:path";
import { readTree } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { buildZip, type EntryPlan, unicodePathField } from "../archive/build-zip.ts";
import { makeManager } from "./manager-fixture.ts";

const FAT: Partial<EntryPlan> = { flags: 0, madeBy: 0, mode: 0 };
/** As Compress-Archive of PowerShell 5.1, ZipArchive of PHP and the Finder name what they pack. */
const POWERSHELL: EntryPlan[] = [
  { name: "folder\\sub\\", ...FAT },
  { name: "folder\\sub\\a.txt", content: "a", ...FAT },
];
const PHP: EntryPlan[] = [{ name: "/" }, { name: "/b.txt", content: "b" }, { name: "//c/d.txt", content: "d" }];
const FINDER: EntryPlan[] = [{ name: "site/Icon\r", content: "icon" }];

describe("names that other programs write", () => {
  it.each([
    ["name-backslash", POWERSHELL, /PowerShell 5\.1.*names: "lenient"/],
    ["name-absolute", PHP, /PHP and Java.*names: "lenient"/],
    ["name-control-character", FINDER, /Finder.*names: "lenient"/],
  ] as const)("are refused by default, with the program and the way out (%s)", async (reason, plans, told) => {
    const { manager, filesystem, dataDir } = await makeManager();
    const before = await readTree(dataDir);
    const archive = buildZip(plans);
    await filesystem.write("a.zip", archive);

    for (const call of [
      () => manager.restore("a.zip"),
      () => manager.verify("a.zip"),
      () => manager.entries("a.zip"),
      () => manager.upload("b.zip", archive),
    ]) {
      await expect(call()).rejects.toMatchObject({
        code: "INVALID_ARCHIVE",
        reason,
        message: expect.stringMatching(told),
      });
    }
    expect(await readTree(dataDir)).toEqual(before);
  });

  it("are taken as they are meant with the option", async () => {
    const { manager, dataDir } = await makeManager({ names: "lenient" });
    await manager.upload("a.zip", buildZip([...POWERSHELL, ...PHP, ...FINDER]));

    const names = (await manager.entries("a.zip")).map(({ name }) => name);
    await manager.verify("a.zip");
    await manager.extract("a.zip", { to: join(dataDir, "../out"), select: ["folder"] });
    await manager.restore("a.zip", { allowUnrelated: true });

    expect(names).toEqual(["folder/sub/", "folder/sub/a.txt", "b.txt", "c/d.txt", "site/Icon"]);
    expect(await readTree(dataDir)).toEqual({
      "folder/sub/a.txt": "a",
      "b.txt": "b",
      "c/d.txt": "d",
      "site/Icon": "icon",
    });
    expect(await readTree(join(dataDir, "../out"))).toEqual({ "folder/sub/a.txt": "a" });
  });

  it.each([
    ["..\\evil", "name-dot-segment"],
    ["\\..\\evil", "name-dot-segment"],
    ["/../evil", "name-dot-segment"],
    ["a\\.\\b", "name-dot-segment"],
    ["C:\\evil", "name-drive"],
    ["\\C:\\evil", "name-drive"],
    ["a\\\\b", "name-empty-segment"],
    ["Icon\r\r", "name-control-character"],
    ["\\\\server\\share\\..\\..\\x", "name-dot-segment"],
  ])("are judged as they are meant: %j", async (name, reason) => {
    const { manager, filesystem } = await makeManager({ names: "lenient" });
    await filesystem.write("a.zip", buildZip([{ name, ...FAT }, { name: "fine" }]));

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason });
  });

  it.each([
    ["a\\b", "a/b"],
    ["/a", "a"],
    ["Icon\r", "Icon"],
  ])("that mean one name are that name twice: %j and %j", async (first, second) => {
    const { manager, filesystem } = await makeManager({ names: "lenient" });
    await filesystem.write("a.zip", buildZip([first, second].map((name) => ({ name, ...FAT }))));

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ reason: "duplicate-name" });
  });

  it("of Unix keep their backslashes, and stay refused", async () => {
    const { manager, filesystem } = await makeManager({ names: "lenient" });
    await filesystem.write("a.zip", buildZip([{ name: "a\\b" }]));

    await expect(manager.restore("a.zip")).rejects.toMatchObject({ reason: "name-backslash" });
  });
});

describe("a name of which nothing says how it is encoded", () => {
  const cp866 = Buffer.from([0x8f, 0xe0, 0xa8]);
  const guessed = { name: "Åα¿", reason: "name-guessed" };

  it("is reported by all that read the archive", async () => {
    const { manager, filesystem, dataDir } = await makeManager();
    await filesystem.write(
      "a.zip",
      buildZip([
        { name: cp866, content: "x", ...FAT },
        { name: "plain", ...FAT },
      ]),
    );

    const verified = await manager.verify("a.zip");
    const extracted = await manager.extract("a.zip", { to: join(dataDir, "../out") });
    const restored = await manager.restore("a.zip", { allowUnrelated: true });

    for (const { warnings } of [verified, extracted, restored]) expect(warnings).toEqual([guessed]);
    expect(Object.keys(await readTree(dataDir)).sort()).toEqual(["plain", "Åα¿"]);
  });

  it("is not guessed where a field says it", async () => {
    const { manager, filesystem, dataDir } = await makeManager();
    const extra = unicodePathField(cp866, "При");
    await filesystem.write("a.zip", buildZip([{ name: cp866, ...FAT, extra, local: { extra } }]));

    expect(await manager.restore("a.zip", { allowUnrelated: true })).toMatchObject({ warnings: [] });
    expect(Object.keys(await readTree(dataDir))).toEqual(["При"]);
  });
});
