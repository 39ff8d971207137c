import { openClient } from "./clients/open-client.ts";
import type { ClientOrder } from "./job.ts";

// A process of its own for one archive or one restore: it gets an order, answers with what it measured, and ends with the channel.
process.once("disconnect", () => process.exit(1));
process.once("message", async (order: ClientOrder) => {
  const run = await openClient(order.client);
  const answer = await run(order);
  process.send?.(answer);
});
