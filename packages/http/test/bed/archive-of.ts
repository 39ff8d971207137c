import type { Bed } from "./bed.ts";

/** The bytes of an archive that the bed's manager makes; it is not kept. */
export async function archiveOf({ manager }: Bed): Promise<Buffer> {
  const { key } = await manager.create({ name: "made-for-a-test.zip" });
  const { content } = await manager.download(key);
  const bytes = Buffer.concat(await content.toArray());
  await manager.delete(key);
  return bytes;
}
