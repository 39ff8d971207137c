import type { StorageOrder } from "./job.ts";
import { runStorageJob } from "./run-storage-job.ts";

// A process of its own for one job: it gets an order, answers with what it measured, and ends with the channel.
process.once("disconnect", () => process.exit(1));
process.once("message", async (order: StorageOrder) => {
  process.send?.(await runStorageJob(order));
});
