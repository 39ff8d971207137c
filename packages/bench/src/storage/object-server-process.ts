import type { ObjectServerOrder } from "./job.ts";
import { startObjectServer } from "./object-server.ts";

// A process of its own for the server: it gets an order, answers with its endpoint, and ends with the channel.
process.once("message", async (order: ObjectServerOrder) => {
  const { endpoint, close } = await startObjectServer(order);
  const end = () => void close().finally(() => process.exit(0));
  for (const event of ["disconnect", "SIGINT", "SIGTERM"]) process.once(event, end);
  if (!process.connected) return end();
  process.send?.(endpoint);
});
