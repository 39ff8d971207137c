import { Stats } from "node:fs";
import type { ReadableFile } from "../disk/disk.ts";
import type { HelperProcess } from "./helper-process.ts";
import type { FileFacts } from "./helper-protocol.ts";

/** Opens a file in the helper process: its bytes come over from there. */
export async function openInHelper(path: string, helper: HelperProcess): Promise<ReadableFile> {
  const handle = await helper.run<number>({ kind: "open", path });
  return {
    stat: async () => statsOf(await helper.run<FileFacts>({ kind: "stat", handle })),
    read: async (buffer, position) => {
      const bytes = await helper.run<Uint8Array>({ kind: "read", handle, position, size: buffer.length });
      buffer.set(bytes);
      return bytes.length;
    },
    close: () => helper.run<void>({ kind: "close", handle }),
  };
}

/** Gives facts that came from another process the methods of `Stats`. */
export function statsOf(facts: FileFacts): Stats {
  const properties = Object.fromEntries(
    Object.entries({ ...facts, mtime: new Date(facts.mtimeMs), ctime: new Date(facts.ctimeMs) }).map(
      ([name, value]) => {
        return [name, { value, enumerable: true }];
      },
    ),
  );
  return Object.create(Stats.prototype, properties) as Stats;
}
