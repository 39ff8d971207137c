import assert from "node:assert/strict";
import { Filesystem, type SignalOption } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import type { CaseContext } from "../../case/case-context.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { wrapDriver } from "../../faults/wrap-driver.ts";

type Call = (options: Required<SignalOption>) => Promise<unknown>;

export const silentCases: readonly ContractCase[] = [
  {
    id: "errors/silent-server",
    title:
      "a call to a server that never answers ends as soon as its signal aborts, be it an open, a stat, a list, a read or a delete",
    tier: "fast",
    needs: ["openSilent"],
    run: async (context) => {
      const opening = silentDriver(context);
      const filesystem = context.track(new Filesystem(wrapDriver(silentDriver(context), { open: async () => {} })));
      const key = context.key("a");
      const calls: readonly Call[] = [
        (options) => opening.open(options),
        (options) => filesystem.stat(key, options),
        (options) => filesystem.list(options).next(),
        (options) => filesystem.read(key, options),
        (options) => filesystem.delete(key, options),
      ];
      await Promise.all(calls.map((call) => assertStops(context, call)));
      await opening.close();
    },
  },
];

/** Watched, so that the failure of a call that never ends names it. */
function silentDriver({ namespace, trace }: CaseContext): Filesystem["driver"] {
  return trace.watch((namespace.openSilent?.() ?? assert.fail("no openSilent")).driver);
}

/** Waits until the call waits, stops it, and lets it end. Nothing is known of a driver that gives up before, without its open. */
async function assertStops(context: CaseContext, call: Call): Promise<void> {
  const controller = new AbortController();
  const outcome = call({ signal: controller.signal }).then(
    () => "resolved",
    () => "rejected",
  );
  await context.settle();
  controller.abort(new Error("waited long enough"));
  assertEqual(await outcome, "rejected", "the outcome of a call that no server answers and that was aborted");
}
