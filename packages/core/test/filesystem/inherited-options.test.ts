import { join } from "node:path";
import { MemoryDriver } from "@stowage/memory";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { BackupManager, Filesystem } from "../../src/index.ts";

/** Options as a class with defaults has them. */
function inherited<Options extends object>(options: Options): Options {
  return Object.create(options) as Options;
}

it("a create-only write whose options are inherited replaces nothing", async () => {
  const filesystem = new Filesystem(new MemoryDriver());
  await filesystem.write("a", Buffer.from("first"));

  const write = filesystem.write("a", Buffer.from("second"), inherited({ ifNotExists: true }));

  await expect(write).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
});

it.each(["create", "list", "verify", "entries", "restore", "delete"] as const)(
  "an inherited signal aborts %s",
  async (method) => {
    const dataDir = join(await temporaryDirectory(), "data");
    await writeTree(dataDir, { "a.txt": "text" });
    const manager = new BackupManager({ dataDir, filesystem: new Filesystem(new MemoryDriver()) });
    await manager.create({ name: "a.zip" });
    const options = inherited({ signal: AbortSignal.abort() });

    const called =
      method === "create" || method === "list" ? manager[method](options) : manager[method]("a.zip", options);

    await expect(called).rejects.toMatchObject({ code: "ABORTED" });
  },
);

it("an inherited onProgress is told", async () => {
  const dataDir = join(await temporaryDirectory(), "data");
  await writeTree(dataDir, { "a.txt": "text" });
  const manager = new BackupManager({ dataDir, filesystem: new Filesystem(new MemoryDriver()) });
  const phases = new Set<string>();

  await manager.create(inherited({ onProgress: ({ phase }: { phase: string }) => void phases.add(phase) }));

  expect(phases).toContain("archive");
});
