import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver, memoryFilesystem } from "@stowage/memory";
import { expect, it } from "vitest";
import { BackupManager, type Copy, copyBackups, Filesystem, mirrored, prefixed } from "../../src/index.ts";

/** Three places, of which the named ones cannot be reached. */
async function places(...down: readonly number[]) {
  const drivers = [new MemoryDriver(), new MemoryDriver(), new MemoryDriver()];
  const [first, second, third] = drivers.map((driver) => new Filesystem(driver)) as [
    Filesystem,
    Filesystem,
    Filesystem,
  ];
  await first.write("app-a.zip", Buffer.from("1"));
  await first.write("app-b.zip", Buffer.from("12"));
  await second.write("app-b.zip", Buffer.from("is another"));
  await third.write("app-c.zip", Buffer.from("123"));
  const unreachable = () => Promise.reject(new Error("unreachable"));
  const broken = { list: unreachable, stat: unreachable, read: unreachable, write: unreachable };
  const filesystems = drivers.map((driver, index) => {
    return new Filesystem(down.includes(index + 1) ? wrapDriver(driver, broken) : driver);
  });
  const mirror = prefixed(
    mirrored([...filesystems.slice(0, 2), { name: "attic", filesystem: filesystems[2] as Filesystem }]),
    "app-",
  );
  return { mirror, manager: new BackupManager({ dataDir: "data", filesystem: mirror }) };
}

it.each([
  [[1], ["b.zip", "c.zip"], ["memory-1"]],
  [[2], ["a.zip", "b.zip", "c.zip"], ["memory-2"]],
  [
    [2, 3],
    ["a.zip", "b.zip"],
    ["memory-2", "attic"],
  ],
  [[], ["a.zip", "b.zip", "c.zip"], []],
])("a list with places %j down shows what the others have, and names them", async (down, keys, names) => {
  const { manager } = await places(...down);
  const told: (readonly Copy[])[] = [];

  const listed = await manager.list({ onPartial: (copies) => void told.push(copies) });

  const unseen = told.flat();
  expect(told).toHaveLength(down.length > 0 ? 1 : 0);
  expect(listed.find(({ key }) => key === "b.zip")?.size).toBe(down.includes(1) ? 10 : 2);

  expect(listed.map(({ key }) => key).sort()).toEqual(keys);
  expect(listed.map(({ modifiedAt }) => modifiedAt.getTime())).toEqual(
    listed.map(({ modifiedAt }) => modifiedAt.getTime()).sort((left, right) => right - left),
  );
  expect(unseen.map(({ name }) => name)).toEqual(names);
  expect(unseen.every(({ error }) => error?.message.includes("unreachable"))).toBe(true);
});

it("a list fails while one place is down unless the caller asks, and if all are", async () => {
  const { manager } = await places(1);
  const none = await places(1, 2, 3);
  const onPartial = () => {
    throw new Error("it was called");
  };

  await expect(manager.list()).rejects.toThrow("unreachable");
  await expect(none.manager.list({ onPartial })).rejects.toThrow("unreachable");
  await expect(manager.list({ onPartial: "yes" as never })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  const aborted = manager.list({ onPartial, signal: AbortSignal.abort() });
  await expect(aborted).rejects.toMatchObject({ code: "ABORTED" });
});

it("copyBackups copies what shows, and says what it could not see", async () => {
  const { mirror } = await places(3);
  const to = memoryFilesystem();

  const { backups, unseen, failed } = await copyBackups(mirror, to);

  expect(backups.map(({ key }) => key)).toEqual(["a.zip", "b.zip"]);
  expect(unseen.map(({ name }) => name)).toEqual(["attic"]);
  expect(failed).toBe(0);
  const whole = await copyBackups((await places()).mirror, memoryFilesystem());
  expect(whole.unseen).toEqual([]);
});
