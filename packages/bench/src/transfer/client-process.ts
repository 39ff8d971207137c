import type { ClientOrder } from "./job.ts";
import { runTransfer } from "./run-transfer.ts";

// A process of its own for one transfer: it gets an order, answers with what it measured, and ends.
process.once("disconnect", () => process.exit(1));
process.once("message", async (order: ClientOrder) => {
  const answer = await runTransfer(order);
  process.send?.(answer, () => process.exit(0));
});
