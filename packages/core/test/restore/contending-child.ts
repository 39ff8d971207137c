import { createInterface } from "node:readline";
import { act, guarded, type KillOrder, withMountsOf } from "./kill-order.ts";

/** What a process does, and the disk call at which it kills itself or stands still, alive. */
export interface ContendingOrder extends KillOrder {
  readonly isStalled: boolean;
}

for await (const line of createInterface({ input: process.stdin })) {
  const answer = await obey(JSON.parse(line) as ContendingOrder);
  process.stdout.write(`${answer}\n`);
}

/** The result, or the code of the error, or that it stands still. */
async function obey(order: ContendingOrder): Promise<string> {
  let calls = 0;
  let reportStall: (answer: string) => void = () => {};
  const stalled = new Promise<string>((resolve) => {
    reportStall = resolve;
  });
  const disk = guarded(withMountsOf(order), async (perform) => {
    if (++calls < order.killAt || order.killAt === 0) return perform();
    if (!order.isStalled) process.kill(process.pid, "SIGKILL");
    reportStall("stalled");
    return new Promise<never>(() => {});
  });
  const ended = act(order, disk, () => {}).then(
    (result) => String(result),
    (error: unknown) => `error ${error instanceof Error && "code" in error ? error.code : error}`,
  );
  return Promise.race([ended, stalled]);
}
