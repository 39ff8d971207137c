import { StowageError } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertObject, assertRejects } from "../../assert/assertions.ts";
import { inChunks, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { failNthCall } from "../../faults/fail-nth-call.ts";
import type { DriverVerb } from "../../faults/intercept-calls.ts";
import { loseReply } from "../../faults/lose-reply.ts";

export const errorCases: readonly ContractCase[] = [
  {
    id: "errors/driver-failures-are-wrapped-once",
    title: "what a driver throws arrives with the code of classify, operation and key, and itself as cause",
    tier: "fast",
    run: async (context) => {
      const key = context.key("a");
      await context.filesystem.write(key, textBytes("a"));
      for (const verb of ["stat", "list", "read", "write", "delete"] as const satisfies readonly DriverVerb[]) {
        const failure = new Error(`${verb} broke`);
        const filesystem = context.openThrough((driver) => failNthCall(driver, { verb, nth: 1, error: failure }));
        const calls = {
          stat: () => filesystem.stat(key),
          list: () => filesystem.list().next(),
          read: () => filesystem.read(key),
          write: () => filesystem.write(key, textBytes("b")),
          delete: () => filesystem.delete(key),
        };
        const { code, retryable } = filesystem.driver.classify(failure);
        const where = verb === "list" ? { operation: verb } : { operation: verb, key };
        const error = await assertRejects(calls[verb], code, { ...where, cause: failure });
        assertEqual(error.retryable, retryable, `whether a failed ${verb} is worth a retry, as classify says,`);
      }
      await assertObject(context.filesystem, key, textBytes("a"));
    },
  },
  {
    id: "errors/typed-driver-failures-keep-their-code",
    title: "a StowageError that a driver throws keeps its code, and gets operation and key",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const failure = new StowageError("NO_SPACE", "the quota is full");
      const filesystem = context.openThrough((driver) =>
        failNthCall(driver, { verb: "write", nth: 1, error: failure }),
      );
      const where = { operation: "write", key: context.key("a") };
      await assertRejects(() => filesystem.write(context.key("a"), textBytes("a")), "NO_SPACE", where);
    },
  },
  {
    id: "errors/lost-reply",
    title: "a write whose reply is lost rejects, and leaves the old object or the complete new one",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const [old, next] = [textBytes("old"), context.bytes(2 * context.partSize + 10)];
      await context.filesystem.write(context.key("a"), old);
      const failure = new Error("connection reset");
      const filesystem = context.openThrough((driver) => loseReply(driver, { verb: "write", error: failure }));
      const write = () => filesystem.write(context.key("a"), inChunks(next, 16 * 1024));
      await assertRejects(write, filesystem.driver.classify(failure).code, { cause: failure });
      const { size } = await context.filesystem.stat(context.key("a"));
      await assertObject(context.filesystem, context.key("a"), size === old.length ? old : next);
    },
  },
  {
    id: "errors/aborts-are-told-apart",
    title: "an abort of any call is ABORTED with the signal's reason as cause, also if the driver fails by it",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const { filesystem } = context;
      const key = context.key("a");
      await filesystem.write(key, textBytes("a"));
      for (const reason of [new Error("a reason"), "a string", new DOMException("timed out", "TimeoutError")]) {
        const signal = AbortSignal.abort(reason);
        const calls = {
          open: () => filesystem.open({ signal }),
          stat: () => filesystem.stat(key, { signal }),
          list: () => filesystem.list({ signal }).next(),
          read: () => filesystem.read(key, { signal }),
          delete: () => filesystem.delete(key, { signal }),
        };
        for (const [operation, call] of Object.entries(calls)) {
          const error = await assertRejects(call, "ABORTED", { operation, cause: reason });
          assertEqual(error.retryable, false, `whether ABORTED of ${operation} is worth a retry`);
        }
      }
      await assertObject(filesystem, key, textBytes("a"));
    },
  },
];
