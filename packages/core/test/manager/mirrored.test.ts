import { buffer } from "node:stream/consumers";
import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { expect, it } from "vitest";
import { BackupManager, Filesystem, mirrored, StowageError } from "../../src/index.ts";
import { keysOf, makeManager } from "./manager-fixture.ts";

it("a backup to several destinations is in each of them", async () => {
  const { manager, destinations } = await mirroredManager([new MemoryDriver(), new MemoryDriver()]);

  const { warnings, copies } = await manager.create({ name: "a.zip" });

  expect(warnings).toEqual([]);
  expect(copies?.map(({ error }) => error)).toEqual([undefined, undefined]);
  for (const destination of destinations) expect(await keysOf(destination)).toEqual(["a.zip"]);
});

it.each([0, 1])("a backup is kept, and says so, when destination %i is down", async (index) => {
  const drivers = [new MemoryDriver(), new MemoryDriver()].map((driver, at) => (at === index ? down(driver) : driver));
  const { manager, destinations } = await mirroredManager(drivers);

  const { warnings, copies } = await manager.create({ name: "a.zip" });

  expect(warnings).toEqual([{ name: copies?.[index]?.name, reason: "copy-failed" }]);
  expect(copies?.[index]?.error).toMatchObject({ code: "UNAVAILABLE" });
  expect(await keysOf(destinations[1 - index] ?? expect.unreachable())).toEqual(["a.zip"]);
  await manager.restore("a.zip");
});

it("an upload to several destinations is in each of them", async () => {
  const { manager, destinations } = await mirroredManager([new MemoryDriver(), new MemoryDriver()]);

  const { warnings, copies } = await manager.upload("a.zip", await anArchive());

  expect(warnings).toEqual([]);
  expect(copies?.map(({ error }) => error)).toEqual([undefined, undefined]);
  for (const destination of destinations) expect(await keysOf(destination)).toEqual(["a.zip"]);
});

it.each([
  [0, "archive"],
  [1, "archive"],
  [1, "magic"],
] as const)("an upload is kept, and says so, when destination %i is down, with check: %s", async (index, check) => {
  const drivers = [new MemoryDriver(), new MemoryDriver()].map((driver, at) => (at === index ? down(driver) : driver));
  const { manager, destinations } = await mirroredManager(drivers);

  const { warnings, copies } = await manager.upload("a.zip", await anArchive(), { check });

  const expected = [{ name: copies?.[index]?.name, reason: "copy-failed" }];
  expect(warnings).toEqual(expected);
  expect(copies?.[index]?.error).toMatchObject({ code: "UNAVAILABLE" });
  expect(manager.status().last).toMatchObject({ operation: "upload", warningCount: 1, warnings: expected });
  expect(await keysOf(destinations[1 - index] ?? expect.unreachable())).toEqual(["a.zip"]);
});

async function anArchive(): Promise<Buffer> {
  const { manager, filesystem } = await makeManager();
  await manager.create({ name: "other.zip" });
  return buffer((await filesystem.read("other.zip")).content);
}

async function mirroredManager(drivers: ConstructorParameters<typeof Filesystem>[0][]) {
  const { dataDir } = await makeManager();
  const destinations = drivers.map((driver) => new Filesystem(driver));
  return { destinations, manager: new BackupManager({ dataDir, filesystem: mirrored(destinations) }) };
}

/** A destination that could be reached once and fails every call from then on. */
function down(driver: MemoryDriver) {
  const fail = () => Promise.reject(new StowageError("UNAVAILABLE", "the cable is out"));
  return wrapDriver(driver, { stat: fail, list: fail, read: fail, write: fail, delete: fail });
}
