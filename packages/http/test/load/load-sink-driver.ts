import type { Capabilities, FileInfo } from "@stowage/core";
import { MemoryDriver } from "@stowage/memory";

/** A storage that counts the bytes of what it is given and keeps none of them, so that only space elsewhere limits an object. */
export class LoadSinkDriver extends MemoryDriver {
  override readonly capabilities: Capabilities = Object.freeze({
    conditionalCreate: true,
    contentTypes: false,
    signedUrls: false,
    shared: false,
    limits: Object.freeze({ pageSize: 1_000, timestampResolutionMs: 1 }),
  });
  readonly #infos = new Map<string, FileInfo>();

  override async stat(key: string): Promise<FileInfo> {
    return this.#infos.get(key) ?? super.stat(key);
  }

  override async list(): Promise<{ files: FileInfo[] }> {
    return { files: [...this.#infos.values()].sort((left, right) => (left.key < right.key ? -1 : 1)) };
  }

  override async write(key: string, content: AsyncIterable<Uint8Array>): Promise<FileInfo> {
    let size = 0;
    for await (const chunk of content) size += chunk.length;
    const info = { key, size, modifiedAt: new Date() };
    this.#infos.set(key, info);
    return info;
  }
}
