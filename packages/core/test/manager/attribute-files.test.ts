import { wrapDriver } from "@stowage/contract-tests";
import { expect, it, onTestFinished } from "vitest";
import { type Filesystem, type FilesystemDriver, StowageError } from "../../src/index.ts";
import { type Fixture, keysOf, makeManager } from "./manager-fixture.ts";

const ATTRIBUTES = '{"user.content_type":"application/zip"}';

it("a list leaves out the attributes of what it lists, and nothing else", async () => {
  const { manager, filesystem } = await makeManager();
  await manager.create({ name: "a.zip" });
  await writeAttributes(filesystem, ["a.zip.attrs", "gone.zip.attrs", "A.zip.attrs"]);

  const keys = (await manager.list()).map(({ key }) => key);

  expect(keys.toSorted()).toEqual(["A.zip.attrs", "a.zip", "gone.zip.attrs"]);
});

it("a delete takes the attributes with it, and no others", async () => {
  const { manager, filesystem } = await makeManager();
  for (const name of ["a.zip", "b.zip"]) await manager.create({ name });
  await writeAttributes(filesystem, ["a.zip.attrs", "b.zip.attrs"]);

  await manager.delete("a.zip");

  expect((await keysOf(filesystem)).toSorted()).toEqual(["b.zip", "b.zip.attrs"]);
});

it("a delete without attributes deletes one object, once", async () => {
  const deleted: string[] = [];
  const { manager } = await makeManager({
    lock: "process",
    wrap: (driver) => onDelete(driver, async (key) => void deleted.push(key)),
  });
  await manager.create({ name: "a.zip" });

  await manager.delete("a.zip");

  expect(deleted).toEqual(["a.zip"]);
});

it("attributes that cannot be deleted are a warning, and are listed from then on", async () => {
  const { manager, filesystem } = await withAttributes(async (key) => {
    if (key === "a.zip.attrs") throw new StowageError("PERMISSION_DENIED", "it is read-only");
  });
  const warned = nextWarning();

  await manager.delete("a.zip");

  expect(await warned).toMatchObject({
    code: "STOWAGE_ATTRIBUTES_LEFT",
    message: expect.stringContaining("a.zip.attrs"),
  });
  expect((await manager.list()).map(({ key }) => key)).toEqual(["a.zip.attrs"]);
  expect(await keysOf(filesystem)).toEqual(["a.zip.attrs"]);
});

it("attributes stay as long as their backup cannot be deleted", async () => {
  const { manager, filesystem } = await withAttributes(async (key) => {
    if (key === "a.zip") throw new StowageError("PERMISSION_DENIED", "it is read-only");
  });

  await expect(manager.delete("a.zip")).rejects.toMatchObject({ code: "PERMISSION_DENIED" });

  expect((await keysOf(filesystem)).toSorted()).toEqual(["a.zip", "a.zip.attrs"]);
});

it("attributes can be downloaded and deleted by their name, and the backup stays", async () => {
  const { manager, filesystem } = await withAttributes(async () => {});

  const { content } = await manager.download("a.zip.attrs");
  expect(Buffer.concat(await content.toArray()).toString()).toBe(ATTRIBUTES);
  await manager.delete("a.zip.attrs");

  expect(await keysOf(filesystem)).toEqual(["a.zip"]);
});

it("attributes are no archive: a restore of them is refused", async () => {
  const { manager } = await withAttributes(async () => {});

  await expect(manager.restore("a.zip.attrs")).rejects.toMatchObject({ code: "INVALID_ARCHIVE" });
});

it("an archive under a name of attributes is not taken, because it would be hidden and deleted with another", async () => {
  const { manager, filesystem } = await makeManager();
  await manager.create({ name: "a.zip" });
  const { content } = await manager.download("a.zip");

  await expect(manager.upload("a.zip.attrs", content)).rejects.toMatchObject({ code: "INVALID_KEY" });

  expect(await keysOf(filesystem)).toEqual(["a.zip"]);
});

/** A manager with one backup and its attributes, whose deletes `before` may refuse. */
async function withAttributes(before: (key: string) => Promise<void>): Promise<Fixture> {
  const fixture = await makeManager({ wrap: (driver) => onDelete(driver, before) });
  await fixture.manager.create({ name: "a.zip" });
  await writeAttributes(fixture.filesystem, ["a.zip.attrs"]);
  return fixture;
}

async function writeAttributes(filesystem: Filesystem, keys: readonly string[]): Promise<void> {
  for (const key of keys) await filesystem.write(key, Buffer.from(ATTRIBUTES));
}

function onDelete(driver: FilesystemDriver, before: (key: string) => Promise<void>): FilesystemDriver {
  return wrapDriver(driver, {
    delete: async (key, options) => {
      await before(key);
      return driver.delete(key, options);
    },
  });
}

async function nextWarning(): Promise<Error> {
  return new Promise((resolve) => {
    process.once("warning", resolve);
    onTestFinished(() => void process.off("warning", resolve));
  });
}
