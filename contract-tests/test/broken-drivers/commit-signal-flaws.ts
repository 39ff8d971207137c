import type { FileInfo } from "@stowage/core";
import type { ReadRangeOptions, WriteObjectOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { infoOf, ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;

/** Flaws in what a write makes of its end, of its signal, and of a key that is taken. */
export const commitSignalFlaws: readonly Flaw[] = [
  brokenDriver(
    "the signal is not looked at before the commit",
    ["write-fails/abort-at-the-commit"],
    class extends ReferenceDriver {
      override write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        return super.write(key, content, { ...options, signal: new AbortController().signal });
      }
    },
  ),
  brokenDriver(
    "a commit is given up while it is done",
    ["write-fails/abort-during-the-commit"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const info = await super.write(key, content, options);
        for (let turn = 0; turn < 50; turn++) {
          await nextTurn(); // the answer is on its way
          options.signal.throwIfAborted();
        }
        return info;
      }
    },
  ),
  brokenDriver(
    "an abort gives up the answer of a commit, which takes its course",
    ["write-fails/abort-during-the-commit"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const { signal } = options;
        const parts = await this.upload(key, content, options);
        signal.throwIfAborted();
        const commit = async () => {
          for (let turn = 0; turn < 20; turn++) await nextTurn();
          return infoOf(key, this.commit(key, parts, options));
        };
        const aborted = new Promise<never>((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        });
        return Promise.race([commit(), aborted]).finally(() => this.place.uploads.delete(key));
      }
    },
  ),
  brokenDriver(
    "content is not asked for its end once all declared bytes have come",
    ["write-fails/source-instead-of-the-end"],
    class extends ReferenceDriver {
      override write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        async function* counted() {
          let size = 0;
          for await (const chunk of content) {
            yield chunk;
            size += chunk.length;
            if (size === options.size) return;
          }
        }
        return super.write(key, counted(), options);
      }
    },
  ),
  brokenDriver(
    "a source that fails behind two parts is taken for one that has ended",
    ["write-fails/source-above-one-part-free-key", "write-fails/source-above-one-part-taken-key"],
    class extends ReferenceDriver {
      override write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const tooMuch = 2 * (this.capabilities.limits.partSize ?? 0);
        async function* forgiving() {
          let size = 0;
          try {
            for await (const chunk of content) {
              size += chunk.length;
              yield chunk;
            }
          } catch (error) {
            if (size <= tooMuch) throw error;
          }
        }
        return super.write(key, forgiving(), options);
      }
    },
  ),
  brokenDriver(
    "an upload of more than two parts is not given up once the signal has aborted",
    ["write-fails/leaves-no-residue", "write-fails/leaves-nothing-behind"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const before = new Set(this.place.uploads.keys());
        let begun: [string, Uint8Array[]][] = [];
        const noteUploads = () => {
          begun = [...this.place.uploads].filter(([id, parts]) => !before.has(id) && parts.length > 1);
        };
        options.signal.addEventListener("abort", noteUploads, { once: true });
        return super.write(key, content, options).finally(() => {
          for (const [id, parts] of begun) this.place.uploads.set(id, parts);
        });
      }
    },
  ),
  brokenDriver(
    "what a create-only write used stays after it has won",
    ["create/lost-leaves-nothing-behind"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const stored = super.commit(key, parts, options);
        if (options.ifNotExists) this.place.uploads.set(`${key}.linked`, [...parts]);
        return stored;
      }
    },
  ),
  brokenDriver(
    "a create-only write of the bytes that lie there resolves",
    ["create/taken-key"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const there = this.place.objects.get(key);
        const isSame = there !== undefined && there.bytes.length > 0 && Buffer.concat(parts).equals(there.bytes);
        return options.ifNotExists && isSame ? there : super.commit(key, parts, options);
      }
    },
  ),
  brokenDriver(
    "a create-only write of a declared size of zero replaces",
    ["create/taken-key"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        return super.commit(key, parts, options.size === 0 ? { ...options, ifNotExists: false } : options);
      }
    },
  ),
  brokenDriver(
    "a write that fails gives up the upload that was begun last",
    ["write/failure-disturbs-no-other"],
    class extends ReferenceDriver {
      readonly #lost = new Set<string>();
      #last = "";

      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        this.#last = key;
        try {
          return await super.write(key, content, options);
        } catch (error) {
          if (this.#last !== key) this.#lost.add(this.#last);
          throw error;
        }
      }

      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        if (this.#lost.delete(key)) throw new Error("no such upload");
        return super.commit(key, parts, options);
      }
    },
  ),
  brokenDriver(
    "an empty object does not count as taken",
    ["create/taken-key"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const isEmpty = this.place.objects.get(key)?.bytes.length === 0;
        return super.commit(key, parts, isEmpty ? { ...options, ifNotExists: false } : options);
      }
    },
  ),
  brokenDriver(
    "a create-only write of more than 8 KiB is sent twice, and refused by itself",
    ["create/free-key"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const isLarge = Buffer.concat(parts).length > 8_192;
        const stored = super.commit(key, parts, options);
        return isLarge && options.ifNotExists ? super.commit(key, parts, options) : stored;
      }
    },
  ),
  brokenDriver(
    "content of an object that was replaced just ends",
    ["read/overwritten-meanwhile", "read/overwritten-by-less-meanwhile", "read/deleted-meanwhile"],
    class extends ReferenceDriver {
      protected override async *chunksOf(
        bytes: Uint8Array,
        signal: AbortSignal,
      ): AsyncGenerator<Uint8Array, void, void> {
        const isThere = () => [...this.place.objects.values()].some((object) => object.bytes.buffer === bytes.buffer);
        for await (const chunk of super.chunksOf(bytes, signal)) {
          if (!isThere()) return;
          yield chunk;
        }
      }
    },
  ),
  brokenDriver(
    "content that an outage interrupts goes on with what lies there then",
    ["read/outage-meanwhile"],
    class extends ReferenceDriver {
      override async read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: Chunks }> {
        const { info, content } = await super.read(key, options);
        const current = (old: Uint8Array, offset: number) =>
          this.place.isDown ? old : this.find(key).bytes.subarray(offset, offset + old.length);
        async function* resumed() {
          let offset = options.range?.start ?? 0;
          for await (const chunk of content) {
            yield current(chunk, offset);
            offset += chunk.length;
          }
        }
        return { info, content: resumed() };
      }
    },
  ),
  brokenDriver(
    "content just ends when the storage fails",
    ["read/outage-meanwhile"],
    class extends ReferenceDriver {
      protected override async *chunksOf(
        bytes: Uint8Array,
        signal: AbortSignal,
      ): AsyncGenerator<Uint8Array, void, void> {
        for await (const chunk of super.chunksOf(bytes, signal)) {
          if (this.place.isDown) return;
          yield chunk;
        }
      }
    },
  ),
];
