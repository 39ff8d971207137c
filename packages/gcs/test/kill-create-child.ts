import { obeyKillOrders } from "@stowage/test-kit";
import { killCreateManager } from "./kill-create-manager.ts";

/** A process that is killed in the middle of its creates. */
export function main(orders: string): Promise<void> {
  return obeyKillOrders(orders, killCreateManager);
}
