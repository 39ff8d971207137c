import type { ServerAnswer, ServerOrder } from "./job.ts";
import { SeededContent } from "./seeded-content.ts";
import { startServer } from "./start-server.ts";

// A process of its own for one server: it gets an order, answers with its place, and ends with the channel.
process.once("message", async (order: ServerOrder) => {
  const { place, close } = await startServer(order);
  const end = () => void close().finally(() => process.exit(0));
  for (const event of ["disconnect", "SIGINT", "SIGTERM"]) process.once(event, end);
  if (!process.connected) return end();
  const answer: ServerAnswer = { place, digest: new SeededContent(order).digest() };
  process.send?.(answer);
});
