import { wrapDriver } from "@stowage/contract-tests";
import { describe, expect, it, onTestFinished } from "vitest";
import type { FilesystemDriver } from "../../src/index.ts";
import { makeManager } from "../manager/manager-fixture.ts";

const { signal } = new AbortController();

describe("the lock option", () => {
  const without = (driver: FilesystemDriver) =>
    wrapDriver(driver, { capabilities: { ...driver.capabilities, conditionalCreate: false } });

  it("warns once when the storage can hold no lock", async () => {
    const warnings: string[] = [];
    const listen = (warning: Error & { code?: string }) => void warnings.push(warning.code ?? "");
    process.on("warning", listen);
    onTestFinished(() => void process.off("warning", listen));
    const { manager } = await makeManager({ wrap: without });

    await manager.create({ name: "a.zip" });
    await manager.create({ name: "b.zip" });
    await new Promise(setImmediate);

    expect(warnings).toEqual(["STOWAGE_LOCK_OF_PROCESS_ONLY"]);
  });

  it("refuses such a storage when the lock is required", async () => {
    const { manager } = await makeManager({ wrap: without, lock: "required" });

    await expect(manager.create({ name: "a.zip" })).rejects.toMatchObject({ code: "UNSUPPORTED" });
  });

  it("puts nothing into the storage when the lock is the process's", async () => {
    const { manager, filesystem } = await makeManager({ lock: "process" });

    await manager.create({ name: "a.zip" });

    const { files } = await filesystem.driver.list({ prefix: "", limit: 10, signal });
    expect(files.map(({ key }) => key)).toEqual(["a.zip"]);
  });
});
