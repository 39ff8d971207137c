import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTree } from "@stowage/test-kit/tree";
import { expect, it, vi } from "vitest";
import { hashPassword } from "../../src/index.ts";
import { archiveOf } from "../bed/archive-of.ts";
import { DATA } from "../bed/bed.ts";
import { EMAIL, makeLoggedInBed, makeSdkBed, PASSWORD } from "./sdk-bed.ts";
import { GENERATIONS } from "./sdk-generations.ts";

it.each(GENERATIONS)("the SDK $version is the one of the registry", async ({ packageName, version }) => {
  const manifest = await readFile(join(import.meta.dirname, "../../node_modules", packageName, "package.json"), "utf8");
  const lock = await readFile(join(import.meta.dirname, "../../../../pnpm-lock.yaml"), "utf8");

  expect(JSON.parse(manifest)).toMatchObject({ name: "pocketbase", version });
  expect(lock).toContain(`pocketbase@${version}:\n    resolution: {integrity: sha512-`);
  expect(lock).not.toContain("patchedDependencies");
});

const passwordHash = hashPassword(PASSWORD);

it.each(GENERATIONS)(
  "the SDK $version logs in with a password and refreshes its token",
  async (generation) => {
    const bed = await makeSdkBed(generation, { passwordHash: await passwordHash });
    const { client } = bed;

    await client.logIn(EMAIL, PASSWORD);
    expect([client.authStore.isValid, client.isAdmin()]).toEqual([true, true]);
    await client.refresh();
    expect([client.authStore.isValid, client.isAdmin()]).toEqual([true, true]);

    expect(await client.backups.getFullList()).toEqual([]);
    bed.watch.expectNoLeak(bed);
  },
  120_000,
);

it.each(GENERATIONS)(
  "the SDK $version creates backups, with a name and without, and lists them",
  async (generation) => {
    const bed = await makeLoggedInBed(generation);
    const { backups } = bed.client;

    expect(await backups.create("new_backup.zip")).toBe(true);
    expect(await backups.create("")).toBe(true);

    const known = (await bed.manager.list()).map(({ key, modifiedAt, size }) => {
      return { key, modified: modifiedAt.toISOString().replace("T", " "), size };
    });
    expect(await backups.getFullList()).toEqual(known);
    expect(known.map(({ key }) => key).sort()).toEqual([
      "new_backup.zip",
      expect.stringMatching(/^pb_backup_\d{14}\.zip$/),
    ]);
    for (const { key } of known) expect(await bed.manager.verify(key)).toMatchObject({ entries: 3 });
    bed.watch.expectNoLeak(bed);
  },
);

it.each(GENERATIONS)("the SDK $version asks for fields of the list", async (generation) => {
  const bed = await makeLoggedInBed(generation);
  const { backups } = bed.client;
  await backups.create("new_backup.zip");
  const [whole] = await backups.getFullList();

  expect(await backups.getFullList({ fields: "*" })).toEqual([whole]);
  expect(await backups.getFullList({ fields: "*,expand.relField.name" })).toEqual([whole]);
  expect(await backups.getFullList({ fields: "size,key" })).toEqual([{ key: whole?.key, size: whole?.size }]);
  expect(await backups.getFullList({ fields: "key:excerpt(5)" })).toEqual([{ key: "new_b" }]);
  expect(await backups.getFullList({ fields: "*,key:excerpt(5,true)" })).toEqual([{ ...whole, key: "new_b..." }]);
  expect(await backups.getFullList({ fields: "nothing" })).toEqual([{}]);
});

it.each(GENERATIONS)(
  "the SDK $version uploads archives, and downloads them by URL byte for byte",
  async (generation) => {
    const bed = await makeLoggedInBed(generation);
    const { client } = bed;
    const archive = new Uint8Array(await archiveOf(bed));
    const form = new FormData();
    form.append("file", new File([archive], "100% größe+1 & 😀.zip"));

    expect(await client.backups.upload({ file: new Blob([archive]) })).toBe(true);
    expect(await client.backups.upload({ file: new File([archive], "uploaded.zip") })).toBe(true);
    expect(await client.backups.upload(form)).toBe(true);

    expect(await bed.keys()).toEqual(["100% größe+1 & 😀.zip", "blob", "uploaded.zip"]);
    const token = await client.fileToken();
    for (const key of await bed.keys()) {
      const response = await fetch(client.downloadUrl(token, key));
      expect([response.status, response.headers.get("content-type")]).toEqual([200, "application/zip"]);
      expect(Buffer.from(archive).equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
      expect(await client.backups.delete(key)).toBe(true);
    }
    expect(await bed.keys()).toEqual([]);
    bed.watch.expectNoLeak(bed);
  },
);

it.each(GENERATIONS)("the SDK $version restores: the data is what it was", async (generation) => {
  const bed = await makeLoggedInBed(generation);
  await bed.client.backups.create("good.zip");
  await writeFile(join(bed.dataDir, "data.db"), "spoiled");
  await writeFile(join(bed.dataDir, "later.txt"), "was not there");

  expect(await bed.client.backups.restore("good.zip")).toBe(true);

  await vi.waitFor(() => expect(bed.manager.status()).toMatchObject({ active: undefined }), { timeout: 20_000 });
  expect(await readTree(bed.dataDir)).toEqual(DATA);
  bed.watch.expectNoLeak(bed);
});
