import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StowageError } from "@stowage/core";
import { nodeDisk } from "@stowage/core/driver";
import { MemoryDriver } from "@stowage/memory";
import { readTree } from "@stowage/test-kit/tree";
import { expect, it, vi } from "vitest";
import { BUSY, expectAnswer, INVALID, refusal } from "./bed/answers.ts";
import { DATA, makeBed } from "./bed/bed.ts";

const DELETE_MISSING = refusal(400, "Invalid or already deleted backup file.");
const RESTORE_MISSING = refusal(400, "Missing or invalid backup file.");
const KEPT = "The data replaced by the last restore is still kept - confirm that restore or roll it back first.";

/** A promise and what resolves it. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

it("a delete deletes, once", async () => {
  const { send, keys, manager } = await makeBed();
  await manager.create({ name: "a.zip" });

  await expectAnswer(await send("DELETE", "/api/backups/a.zip"), 204);
  await expectAnswer(await send("DELETE", "/api/backups/a.zip"), 400, DELETE_MISSING);

  expect(await keys()).toEqual([]);
});

it("a key that breaks the rule is as good as missing", async () => {
  const { send } = await makeBed();

  await expectAnswer(await send("DELETE", "/api/backups/.stowage-lock"), 400, DELETE_MISSING);
  await expectAnswer(await send("POST", "/api/backups/..%2fdata/restore"), 400, RESTORE_MISSING);
});

it("a backup that the storage retains is not deleted, and the answer says until when; another refusal is the log's", async () => {
  const driver = new MemoryDriver();
  const { send, manager, keys, errors } = await makeBed({ driver });
  await manager.create({ name: "a.zip" });
  const refuse = (reason: string | undefined) => {
    const options = reason === undefined ? {} : { reason };
    driver.delete = async () => {
      throw new StowageError("PERMISSION_DENIED", "object lock retains it until 2030-01-01T00:00:00.000Z", options);
    };
  };

  refuse("retained");
  const told = 'Cannot delete "a.zip": object lock retains it until 2030-01-01T00:00:00.000Z.';
  await expectAnswer(await send("DELETE", "/api/backups/a.zip"), 400, refusal(400, told));
  expect(errors).toEqual([]);
  refuse(undefined);
  expect(await (await send("DELETE", "/api/backups/a.zip")).json()).toMatchObject({ message: INVALID });
  expect(errors).toHaveLength(1);

  expect(await keys()).toEqual(["a.zip"]);
});

it("a backup that is being made is not deleted", async () => {
  const { open, opened } = gate();
  const { send, manager } = await makeBed({ manager: { hooks: { beforeSnapshot: () => opened } } });
  const running = manager.create({ name: "a.zip" });

  await expectAnswer(await send("DELETE", "/api/backups/a.zip"), 400, BUSY);
  await expectAnswer(await send("POST", "/api/backups/a.zip/restore"), 400, BUSY);

  open();
  await running;
});

it("a restore is answered when the archive is judged, runs on, and its outcome is in the status", async () => {
  const { open, opened } = gate();
  const { send, manager, dataDir } = await makeBed({ manager: { hooks: { beforeSwap: () => opened } } });
  await manager.create({ name: "a.zip" });
  await writeFile(join(dataDir, "data.db"), "spoiled");

  await expectAnswer(await send("POST", "/api/backups/a.zip/restore"), 204);

  expect(await readTree(dataDir)).toMatchObject({ "data.db": "spoiled" });
  await expectAnswer(await send("POST", "/api/backups/a.zip/restore"), 400, BUSY);
  open();
  await vi.waitFor(() => expect(manager.status().active).toBeUndefined(), { timeout: 20_000 });
  expect(await readTree(dataDir)).toEqual(DATA);
  expect(await (await send("GET", "/api/backups/status")).json()).toMatchObject({
    active: null,
    results: [{ operation: "restore", key: "a.zip", error: null }, { operation: "create" }],
  });
});

it("with waitForRestore a restore is answered after its end", async () => {
  const { send, manager, dataDir } = await makeBed({ handler: { waitForRestore: true } });
  await manager.create({ name: "a.zip" });
  await writeFile(join(dataDir, "data.db"), "spoiled");

  await expectAnswer(await send("POST", "/api/backups/a.zip/restore"), 204);

  expect(await readTree(dataDir)).toEqual(DATA);
});

it("an archive that is missing or damaged is refused before anything changes", async () => {
  const { send, filesystem, dataDir, errors } = await makeBed();
  await filesystem.write("damaged.zip", Buffer.from("PK\u0003\u0004 and no more"));

  await expectAnswer(await send("POST", "/api/backups/absent.zip/restore"), 400, RESTORE_MISSING);
  await expectAnswer(await send("POST", "/api/backups/damaged.zip/restore"), 400, RESTORE_MISSING);

  expect(await readTree(dataDir)).toEqual(DATA);
  expect(errors).toEqual([]);
});

it("an archive that the disk has no room for is refused with what it needs and what is free, and is not called invalid", async () => {
  let free = Number.MAX_SAFE_INTEGER;
  const disk = { ...nodeDisk, freeSpace: async () => free };
  const { send, manager, dataDir, errors } = await makeBed({ manager: { disk } });
  await manager.create({ name: "a.zip" });
  free = 2_509;

  const answer = await send("POST", "/api/backups/a.zip/restore");

  expect(answer.status).toBe(400);
  const { message, data } = (await answer.json()) as { message: string; data: Record<string, unknown> };
  expect(message).toBe("Failed to restore backup.");
  expect(data.key).toMatchObject({
    code: "no_space",
    message: expect.stringMatching(/holds 2510 bytes.*2509 are free/),
  });
  expect(await readTree(dataDir)).toEqual(DATA);
  expect(errors).toEqual([]);
});

it("a restore that fails after its answer is reported, and its code is in the status", async () => {
  const fail = () => Promise.reject(new Error("cannot close /srv/secret.db"));
  const { send, manager, errors } = await makeBed({ manager: { hooks: { beforeSwap: fail } } });
  await manager.create({ name: "a.zip" });

  await expectAnswer(await send("POST", "/api/backups/a.zip/restore"), 204);

  await vi.waitFor(() => expect(errors).toHaveLength(1), { timeout: 20_000 });
  const status = await (await send("GET", "/api/backups/status")).text();
  expect(JSON.parse(status).results[0]).toMatchObject({ operation: "restore", error: { code: expect.any(String) } });
  expect(status).not.toContain("secret");
});

it("of many restores at once exactly one runs", async () => {
  const { send, manager } = await makeBed();
  await manager.create({ name: "a.zip" });
  let restores = 0;
  manager.on("done", ({ operation }) => void (operation === "restore" && restores++));

  const answers = await Promise.all(Array.from({ length: 50 }, () => send("POST", "/api/backups/a.zip/restore")));

  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  await vi.waitFor(() => expect(manager.status().active).toBeUndefined(), { timeout: 20_000 });
  expect(restores).toBe(1);
});

it.each([false, true])(
  "what a restore replaced is kept until the application decides (waitForRestore: %s)",
  async (waits) => {
    const { send, manager, dataDir, errors } = await makeBed({
      handler: { keepPrevious: true, waitForRestore: waits },
    });
    const restore = async () => {
      const response = await send("POST", "/api/backups/a.zip/restore");
      await vi.waitFor(() => expect(manager.status().active).toBeUndefined(), { timeout: 20_000 });
      return response;
    };
    await manager.create({ name: "a.zip" });
    await writeFile(join(dataDir, "data.db"), "newer");

    await expectAnswer(await restore(), 204);
    await expectAnswer(await restore(), 400, refusal(400, KEPT));
    expect(await readTree(dataDir)).toMatchObject(DATA);

    await manager.rollback();
    expect(await readTree(dataDir)).toMatchObject({ "data.db": "newer" });
    await expectAnswer(await restore(), 204);
    await manager.confirm();
    await expectAnswer(await restore(), 204);
    expect(errors).toEqual([]);
  },
);

it("without the option nothing is kept", async () => {
  const { send, manager } = await makeBed({ handler: { waitForRestore: true } });
  await manager.create({ name: "a.zip" });

  await expectAnswer(await send("POST", "/api/backups/a.zip/restore"), 204);

  expect(await manager.keptPrevious()).toBeUndefined();
});

it("an archive without the files that the application needs is refused before anything is touched", async () => {
  const bed = await makeBed({ manager: { requiredFiles: ["data.db"] }, handler: { waitForRestore: true } });
  const other = await makeBed({ data: { "notes.txt": "of another application" } });
  await other.manager.create({ name: "a.zip" });
  const { content } = await other.manager.download("a.zip");
  await bed.filesystem.write("a.zip", content);

  await expectAnswer(await bed.send("POST", "/api/backups/a.zip/restore"), 400, RESTORE_MISSING);

  expect(await readTree(bed.dataDir)).toEqual(DATA);
});
