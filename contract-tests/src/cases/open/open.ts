import assert from "node:assert/strict";
import { Filesystem, prefixed } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import {
  assertAbsent,
  assertBytes,
  assertObject,
  assertRejects,
  listAll,
  listKeys,
  readBytes,
} from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { failNthCall } from "../../faults/fail-nth-call.ts";
import type { DriverVerb } from "../../faults/intercept-calls.ts";
import { recordCalls } from "../../faults/record-calls.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";

const DENIED = ["UNAUTHENTICATED", "PERMISSION_DENIED"] as const;

export const openCases: readonly ContractCase[] = [
  {
    id: "open/handles-share-objects",
    title: "two handles see each other's writes",
    tier: "fast",
    run: async (context) => {
      const [first, second] = [context.open(), context.open()];
      await first.write(context.key("a"), textBytes("from the first"));
      await assertObject(second, context.key("a"), textBytes("from the first"));
      await second.write(context.key("b"), textBytes("from the second"));
      await assertObject(first, context.key("b"), textBytes("from the second"));
    },
  },
  {
    id: "open/new-place-is-empty",
    title: "a new place is empty",
    tier: "fast",
    isPrefixed: true,
    run: async ({ filesystem }) => assertEqual(await listAll(filesystem), [], "what is listed in a new place"),
  },
  {
    id: "open/places-are-isolated",
    title: "objects of one place are not in another",
    tier: "fast",
    run: async (context) => {
      const other = context.open(await context.createNamespace());
      await context.filesystem.write(context.key("a"), textBytes("here"));
      await assertAbsent(other, context.key("a"));
      await other.delete(context.key("a"));
      await assertObject(context.filesystem, context.key("a"), textBytes("here"));
    },
  },
  {
    id: "open/prefixes-stay-apart",
    title: "what lies behind one prefix is not seen behind another",
    tier: "fast",
    run: async (context) => {
      const view = (name: string) => context.track(prefixed(context.filesystem, context.key(name)));
      const [p, p2] = [view("p."), view("p2.")];
      await p.write("a", textBytes("p"));
      await p2.write("a", textBytes("p2"));
      assertEqual(await listKeys(p, ""), ["a"], 'the keys listed behind the prefix "p."');
      await p2.delete("a");
      assertEqual(await listKeys(p2, ""), [], 'the keys listed behind the prefix "p2." once its only one was deleted');
      assertEqual((await p.stat("a")).key, "a", "the key that stat returns behind a prefix");
      assertBytes(
        await readBytes(context.filesystem, context.key("p.a")),
        textBytes("p"),
        'what is read under "p.a" after "a" behind "p2." was deleted',
      );
    },
  },
  {
    id: "open/capabilities-are-plain-data",
    title: "capabilities are frozen, survive JSON, and do not change when the filesystem opens",
    tier: "fast",
    run: async ({ filesystem }) => {
      const before = filesystem.capabilities;
      const copy = JSON.parse(JSON.stringify(before));
      assert.ok(Object.isFrozen(before) && Object.isFrozen(before.limits), "capabilities and their limits are frozen");
      await filesystem.open();
      assertEqual(
        filesystem.capabilities,
        copy,
        "the capabilities of an open filesystem, which their JSON told before,",
      );
      const { pageSize, timestampResolutionMs } = before.limits;
      assert.ok(pageSize >= 1 && timestampResolutionMs >= 1, "the limits are positive numbers");
    },
  },
  {
    id: "open/construction-does-no-io",
    title: "nothing is sent before the first call, and the driver opens once for all",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const calls: DriverVerb[] = [];
      const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
      assertEqual(calls, [], "the calls of a driver that was just made");
      await Promise.all([1, 2, 3].map(() => filesystem.exists(context.key("a"))));
      await filesystem.open();
      assertEqual(
        calls,
        ["open", "stat", "stat", "stat"],
        "the calls of a driver of which three keys are asked at once",
      );
    },
  },
  {
    id: "open/failed-open-is-tried-again",
    title: "a failed open fails the call with its error as cause, and the next call tries again",
    tier: "fast",
    run: async (context) => {
      const failure = new Error("the storage is down");
      const filesystem = context.openThrough((driver) => failNthCall(driver, { verb: "open", nth: 1, error: failure }));
      await assertRejects(() => filesystem.stat(context.key("a")), filesystem.driver.classify(failure).code, {
        operation: "stat",
        cause: failure,
      });
      assertEqual(
        await filesystem.exists(context.key("a")),
        false,
        "whether a free key exists, asked after an open that failed",
      );
    },
  },
  {
    id: "open/aborted-open-is-tried-again",
    title: "an open that was aborted does not harm the next call",
    tier: "fast",
    run: async (context) => {
      const filesystem = context.open();
      const controller = new AbortController();
      const opening = filesystem.open({ signal: controller.signal });
      controller.abort(new Error("changed my mind"));
      await opening.catch((error) => assertEqual(error.code, "ABORTED", "the code of an open that was aborted"));
      assertEqual(
        await filesystem.exists(context.key("a")),
        false,
        "whether a free key exists, asked after an open that was aborted",
      );
    },
  },
  {
    id: "open/missing-place",
    title: "a bucket or directory that does not exist is told apart from a missing object",
    tier: "fast",
    needs: ["openMissing"],
    run: async (context) => {
      const filesystem = context.track(context.namespace.openMissing?.() ?? assert.fail("no openMissing"));
      const codes = ["BUCKET_NOT_FOUND", "CONFIG_INVALID"] as const;
      const key = context.key("a");
      for (const call of [
        () => filesystem.open(),
        () => filesystem.exists(key),
        () => filesystem.read(key),
        () => filesystem.write(key, textBytes("a")),
        () => filesystem.list().next(),
        () => filesystem.delete(key),
        () => filesystem.open(), // a failed one is not taken for done
      ]) {
        const error = await assertRejects(call, codes);
        assertEqual(error.retryable, false, `whether ${error.code} of ${error.operation} is worth a retry`);
      }
    },
  },
  {
    id: "open/wrong-credentials",
    title: "wrong credentials are typed, and not worth a retry, and what they refuse is not missing",
    tier: "fast",
    needs: ["openDenied"],
    run: async (context) => {
      const filesystem = context.track(context.namespace.openDenied?.() ?? assert.fail("no openDenied"));
      const key = context.key("a");
      const open = () => filesystem.open();
      for (const call of [open, open, () => filesystem.exists(key), () => filesystem.list().next()]) {
        const error = await assertRejects(call, DENIED);
        assertEqual(error.retryable, false, `whether ${error.code} of ${error.operation} is worth a retry`);
      }
      await assertDeniedLater(context);
    },
  },
  {
    id: "open/unreachable-server",
    title: "a server that cannot be reached is UNAVAILABLE or TIMEOUT, worth a retry, and loses to the signal",
    tier: "fast",
    needs: ["openUnreachable"],
    run: async (context) => {
      const make = () => context.track(context.namespace.openUnreachable?.() ?? assert.fail("no openUnreachable"));
      const controller = new AbortController();
      const aborted = make().exists(context.key("a"), { signal: controller.signal });
      controller.abort(new Error("waited long enough"));
      await assertRejects(() => aborted, "ABORTED", { cause: controller.signal.reason });
      const filesystem = make();
      for (const call of [() => filesystem.exists(context.key("a")), () => filesystem.open()]) {
        const error = await assertRejects(call, ["UNAVAILABLE", "TIMEOUT"]);
        assertEqual(error.retryable, true, `whether ${error.code} of ${error.operation} is worth a retry`);
      }
    },
  },
];

/**
 * Credentials can lapse once a driver is open, as if it had never asked at its open: every call is refused then. Nothing is known of
 * a driver that leaves all checks to its open, which is seen by its list.
 */
async function assertDeniedLater(context: CaseContext): Promise<void> {
  const { driver } = context.namespace.openDenied?.() ?? assert.fail("no openDenied");
  const filesystem = context.track(new Filesystem(wrapDriver(driver, { open: async () => {} })));
  const refusal = await filesystem
    .list()
    .next()
    .then(
      () => undefined,
      ({ code }) => code,
    );
  if (!DENIED.some((code) => code === refusal)) return;
  const key = context.key("a");
  for (const call of [
    () => filesystem.stat(key),
    () => filesystem.read(key),
    () => filesystem.delete(key),
    () => filesystem.write(key, textBytes("a")),
  ]) {
    await assertRejects(call, DENIED);
  }
}
