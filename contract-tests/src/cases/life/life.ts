import assert from "node:assert/strict";
import { Filesystem, prefixed } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertObject, assertRejects, readBytes } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { aboveOnePart, inChunks, KIB, nextTurn, stalledStream, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { assertReleased } from "../../case/held-resources.ts";
import type { DriverVerb } from "../../faults/intercept-calls.ts";
import { recordCalls } from "../../faults/record-calls.ts";
import { writeAll } from "../list/list.ts";

export const lifeCases: readonly ContractCase[] = [
  {
    id: "life/close-twice",
    title: "close twice, at once too, resolves and closes the driver once",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const calls: DriverVerb[] = [];
      const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
      await filesystem.exists(context.key("a"));
      await Promise.all([filesystem.close(), filesystem.close()]);
      await filesystem.close();
      assertEqual(
        calls,
        ["open", "stat", "close"],
        "the calls of a driver whose filesystem is used once and closed three times",
      );
    },
  },
  {
    id: "life/close-before-use",
    title: "close before the first call resolves without opening",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const calls: DriverVerb[] = [];
      const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
      await filesystem.close();
      assert.ok(!calls.includes("open"), "the driver is not opened");
      await context.open().close();
    },
  },
  {
    id: "life/closed",
    title: "every method of a closed filesystem rejects with CLOSED",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const filesystem = context.open();
      await filesystem.write(context.key("a"), textBytes("a"));
      await filesystem.close();
      const calls: Record<string, () => Promise<unknown>> = {
        open: () => filesystem.open(),
        stat: () => filesystem.stat(context.key("a")),
        list: () => filesystem.list().next(),
        read: () => filesystem.read(context.key("a")),
        write: () => filesystem.write(context.key("a"), textBytes("b")),
        delete: () => filesystem.delete(context.key("a")),
        ...(filesystem.capabilities.signedUrls
          ? { signUrl: () => filesystem.signUrl(context.key("a"), { expiresInMs: 1_000 }) }
          : {}),
      };
      for (const [operation, call] of Object.entries(calls)) await assertRejects(call, "CLOSED", { operation });
      await assertRejects(() => filesystem.exists(context.key("a")), "CLOSED");
      await assertObject(context.filesystem, context.key("a"), textBytes("a"));
    },
  },
  {
    id: "life/close-during-a-write",
    title: "a write that is under way when the filesystem closes rejects, and commits nothing",
    tier: "fast",
    run: async (context) => {
      for (const size of [0, 1_000, aboveOnePart(context.partSize)]) {
        const filesystem = context.open();
        const content = stalledStream(inChunks(context.bytes(size), Math.ceil(size / 8)));
        const write = filesystem.write(context.key("a"), content);
        write.catch(() => {}); // asserted below
        while (content.readableLength > 0 && !content.destroyed) await nextTurn();
        await filesystem.close();
        await assertRejects(() => write, "CLOSED", { operation: "write" });
        await assertAbsent(context.filesystem, context.key("a"));
        await context.settle();
        await assertAbsent(context.filesystem, context.key("a"));
      }
    },
  },
  {
    id: "life/close-during-a-read",
    title: "content that is being read when the filesystem closes fails with CLOSED, and is not short",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const bytes = context.bytes(2 * 1024 * KIB);
      await context.filesystem.write(context.key("a"), bytes);
      const filesystem = context.open();
      const { content } = await filesystem.read(context.key("a"));
      const consume = async () => {
        for await (const _ of content) void filesystem.close().catch(() => {});
      };
      await assertRejects(consume, "CLOSED", { operation: "read" });
      await filesystem.close();
    },
  },
  {
    id: "life/close-during-a-list",
    title: "a list that is under way when the filesystem closes ends with CLOSED, and is not short",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      await writeAll(context, ["a", "b", "c", "d"]);
      const filesystem = context.open();
      const consume = async () => {
        for await (const _ of filesystem.list({ prefix: context.prefix, pageSize: 1 })) await filesystem.close();
      };
      await assertRejects(consume, "CLOSED", { operation: "list" });
    },
  },
  {
    id: "life/view",
    title: "closing a view behind a prefix leaves its filesystem open, and closing that closes the view",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const filesystem = context.open();
      const views = [prefixed(filesystem, context.prefix), prefixed(filesystem, context.prefix)] as const;
      await views[0].write("a", textBytes("a"));
      await views[0].close();
      await assertRejects(() => views[0].stat("a"), "CLOSED");
      assertEqual(
        await readBytes(filesystem, context.key("a")),
        textBytes("a"),
        "what the filesystem reads once a view of it is closed",
      );
      await filesystem.close();
      await assertRejects(() => views[1].stat("a"), "CLOSED");
      await views[1].close();
    },
  },
  {
    id: "life/async-dispose",
    title: "a filesystem can be disposed of asynchronously, which closes it",
    tier: "fast",
    isPortable: true,
    run: async (context: CaseContext) => {
      const filesystem = context.open();
      assert.ok(filesystem instanceof Filesystem, "open returns a Filesystem");
      await filesystem.exists(context.key("a"));
      await filesystem[Symbol.asyncDispose]();
      await assertRejects(() => filesystem.stat(context.key("a")), "CLOSED");
    },
  },
  {
    id: "life/nothing-keeps-the-process-alive",
    title: "after close no socket, timer or file keeps the process alive",
    tier: "fast",
    isExclusive: true,
    run: async (context) => {
      await context.settle();
      const before = process.getActiveResourcesInfo().length;
      for (let turn = 0; turn < 3; turn++) {
        const filesystem = context.open();
        const size = turn === 0 ? context.partSize + 10 : 10;
        await filesystem.write(context.key("a"), context.bytes(size));
        await readBytes(filesystem, context.key("a"));
        await filesystem.delete(context.key("a"));
        await filesystem.close();
      }
      await assertReleased(
        context,
        () => process.getActiveResourcesInfo().length <= before,
        "sockets, timers and files",
      );
    },
  },
];
