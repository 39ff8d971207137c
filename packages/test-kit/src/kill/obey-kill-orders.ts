import { writeSync } from "node:fs";
import type { BackupsToKill } from "./backups-to-kill.ts";

/** One create that a child process makes. */
export interface KillOrder {
  readonly dataDir: string;
  readonly name: string;
  /** What the driver is made of. */
  readonly storage: object;
}

/** The child's side of a sweep: runs all creates at once, says which of them ran through, and waits to be killed. */
export async function obeyKillOrders(
  orders: string,
  open: (storage: object, dataDir: string) => Pick<BackupsToKill, "create">,
): Promise<void> {
  await Promise.all(
    (JSON.parse(orders) as KillOrder[]).map(async (order, index) => {
      await open(order.storage, order.dataDir).create({ name: order.name });
      writeSync(1, `${index}\n`);
    }),
  );
  await new Promise(() => setInterval(() => {}, 60_000));
}
