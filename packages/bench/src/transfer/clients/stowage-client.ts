import type { Filesystem } from "@stowage/core";
import { KEY } from "../job.ts";
import type { StorageClient } from "./storage-client.ts";

/** Moves the object through a filesystem. The size is told beforehand unless it is left out. */
export function stowageClient(filesystem: Filesystem, size: number | undefined): StorageClient {
  return {
    async upload(content) {
      await filesystem.write(KEY, content, { size });
    },
    download: async () => (await filesystem.read(KEY)).content,
    close: () => filesystem.close(),
  };
}
