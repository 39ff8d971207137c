import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { openClient } from "./clients/open-client.ts";
import type { StorageClient } from "./clients/storage-client.ts";
import type { ClientAnswer, ClientOrder } from "./job.ts";
import { SeededContent } from "./seeded-content.ts";

/** Makes one transfer in this process and measures it. What comes down is hashed by SHA-256 on the way, for everybody. */
export async function runTransfer(order: ClientOrder): Promise<ClientAnswer> {
  const content = new SeededContent(order);
  const client = await openClient(order.client, { place: order.place, content });
  try {
    const { digest, ...figures } = await measured(() => transfer(client, content, order));
    if (digest !== undefined) return { ...figures, digest };
    return order.readsBack ? { ...figures, digest: await digestOf(await client.download()) } : figures;
  } finally {
    await client.close();
  }
}

async function transfer(
  client: StorageClient,
  content: SeededContent,
  { direction }: ClientOrder,
): Promise<string | undefined> {
  if (direction === "down") return digestOf(await client.download());
  await client.upload(content.stream());
  return undefined;
}

async function measured(action: () => Promise<string | undefined>) {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  const digest = await action();
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(before);
  const { maxRSS } = process.resourceUsage(); // kilobytes
  return { wallMs, cpuMs: (user + system) / 1_000, peakRss: maxRSS * 1_024, digest };
}

async function digestOf(content: Readable): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of content) hash.update(chunk as Uint8Array);
  return hash.digest("hex");
}
