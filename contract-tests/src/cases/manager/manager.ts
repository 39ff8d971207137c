import assert from "node:assert/strict";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertObject, assertRejects } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { failNthCall } from "../../faults/fail-nth-call.ts";
import { withManagedDirectory } from "./managed-directory.ts";

/** A create does this many driver calls at least; far more would be a loop. */
const MOST_CALLS = 200;

export const managerCases: readonly ContractCase[] = [
  {
    id: "manager/round-trip",
    title: "a backup is listed, verified, and brings the data back byte by byte",
    tier: "fast",
    isPrefixed: true,
    run: (context) =>
      withManagedDirectory(context, {}, async ({ manager, change, assertContent }) => {
        const name = context.key("round-trip.zip");
        const { key, size } = await manager.create({ name });
        const listed = (await manager.list()).find((backup) => backup.key === name);
        assertEqual({ key: listed?.key, size: listed?.size }, { key, size }, "the backup that the manager lists");
        await manager.verify(name);
        await change("data.db", "spoilt");
        await change("logs/new.log", "new");
        await manager.restore(name);
        await assertContent();
      }),
  },
  {
    id: "manager/taken-name",
    title: "a create under a taken name is ALREADY_EXISTS, and what lies there stays",
    tier: "fast",
    run: (context) =>
      withManagedDirectory(context, {}, async ({ manager }) => {
        const name = context.key("taken.zip");
        await context.filesystem.write(name, textBytes("mine"));
        await assertRejects(() => manager.create({ name }), "ALREADY_EXISTS");
        await assertObject(context.filesystem, name, textBytes("mine"));
      }),
  },
  {
    id: "manager/one-at-a-time",
    title: "of two creates at once one is BUSY, and the other stores its backup",
    tier: "fast",
    run: (context) =>
      withManagedDirectory(context, {}, async ({ manager }) => {
        const [first, second] = [context.key("first.zip"), context.key("second.zip")];
        const create = manager.create({ name: first });
        await assertRejects(() => manager.create({ name: second }), "BUSY");
        await create;
        await manager.verify(first);
        await assertAbsent(context.filesystem, second);
      }),
  },
  {
    id: "manager/active-key",
    title: "a backup cannot be deleted while it is restored, and can afterwards",
    tier: "fast",
    run: (context) =>
      withManagedDirectory(context, {}, async ({ manager, assertContent }) => {
        const name = context.key("active.zip");
        await manager.create({ name });
        let attempt: Promise<unknown> | undefined;
        const onProgress = ({ phase }: { phase: string }): void => {
          if (phase === "stage") attempt ??= assertRejects(() => manager.delete(name), "BUSY");
        };
        await manager.restore(name, { onProgress });
        await (attempt ?? assert.fail("the restore reports no progress"));
        await assertContent();
        await manager.delete(name);
        await assertAbsent(context.filesystem, name);
      }),
  },
  {
    id: "manager/failing-driver",
    title: "a create stores nothing and frees the lock, whichever call of the driver fails",
    tier: "fast",
    run: async (context) => {
      for (let nth = 1; nth <= MOST_CALLS; nth++) {
        const filesystem = context.openThrough((driver) => failNthCall(driver, { nth }));
        const name = context.key(`failing-${nth}.zip`);
        let failed = false;
        await withManagedDirectory(context, { filesystem }, async ({ manager, assertContent }) => {
          failed = await manager.create({ name }).then(
            () => false,
            () => true,
          );
          await assertContent();
          if (!failed) return;
          await assertAbsent(context.filesystem, name);
          await manager.create({ name });
        });
        if (!failed) return verifyHere(context, name);
      }
      assert.fail(`a create still makes calls after ${MOST_CALLS}`);
    },
  },
  {
    id: "manager/upload-of-no-archive",
    title: "an upload that is no archive is INVALID_ARCHIVE, and stores nothing",
    tier: "fast",
    run: (context) =>
      withManagedDirectory(context, {}, async ({ manager }) => {
        const name = context.key("no-archive.zip");
        for (const check of ["archive", "magic"] as const) {
          await assertRejects(() => manager.upload(name, textBytes("plain text"), { check }), "INVALID_ARCHIVE");
          await assertAbsent(context.filesystem, name);
        }
      }),
  },
  {
    id: "manager/restore-of-a-bad-archive",
    title: "a restore of a missing, cut or damaged archive changes nothing",
    tier: "fast",
    run: (context) =>
      withManagedDirectory(context, {}, async ({ manager, change, assertContent }) => {
        const name = context.key("good.zip");
        await manager.create({ name });
        const { content } = await manager.download(name);
        const bytes = Buffer.concat(await content.toArray());
        await change("data.db", "newer");
        const damaged = Buffer.from(bytes);
        damaged.writeUInt8(damaged.readUInt8(1_000) ^ 1, 1_000);
        for (const bad of [bytes.subarray(0, -10), bytes.subarray(0, bytes.length / 2), damaged]) {
          await context.filesystem.write(context.key("bad.zip"), bad);
          await assertRejects(() => manager.restore(context.key("bad.zip")), "INVALID_ARCHIVE");
        }
        await assertRejects(() => manager.restore(context.key("missing.zip")), "NOT_FOUND");
        await assertContent({ "data.db": "newer" });
      }),
  },
];

/** Verifies a backup by a handle that nothing is wrong with. */
async function verifyHere(context: CaseContext, name: string): Promise<void> {
  await withManagedDirectory(context, {}, async ({ manager }) => {
    await manager.verify(name);
  });
}
