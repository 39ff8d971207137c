import type { Operation } from "./operations/operations.ts";
import { withHooks } from "./operations/with-hooks.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";

/** Puts the application's hooks around a swap. Between the first of them and the swap, `check` and the lock must agree. */
export function swapHooks(
  { key, phase, fence }: Operation,
  { hooks }: Pick<ManagerSettings, "hooks">,
  totals: { entriesTotal: number; bytesTotal: number },
  check: () => Promise<void>,
): (swap: () => Promise<void>) => Promise<void> {
  return (swap) =>
    withHooks(
      () => hooks.beforeSwap?.({ key }),
      async () => {
        phase("swap", totals);
        await check();
        await fence.confirm();
        await swap();
      },
      (restored) => hooks.afterSwap?.({ key, restored }),
    );
}
