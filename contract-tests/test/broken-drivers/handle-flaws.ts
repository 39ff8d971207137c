import type { Cancellable, FileInfo, ListPage, ListPageOptions, ReadRangeOptions } from "@stowage/core";
import { ReferenceDriver } from "../reference-driver.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

const ABSENCE = ["open/absence-is-not-remembered"];
const PRESENCE = ["open/presence-is-not-remembered"];

const APART = ["open/handles-live-apart"];

/** How long they remember, in milliseconds. */
const MEMORY_MS = 1_000;

class Remembered<Value> {
  readonly #values = new Map<string, { readonly value: Value; readonly until: number }>();

  get(id: string): Value | undefined {
    const found = this.#values.get(id);
    return found && performance.now() < found.until ? found.value : undefined;
  }

  set(id: string, value: Value): void {
    this.#values.set(id, { value, until: performance.now() + MEMORY_MS });
  }
}

export const handleFlaws: readonly Flaw[] = [
  brokenDriver(
    "closing a handle loses what it wrote",
    APART,
    class extends ReferenceDriver {
      readonly #written = new Set<string>();
      override write(...values: Parameters<ReferenceDriver["write"]>): Promise<FileInfo> {
        this.#written.add(values[0]);
        return super.write(...values);
      }
      override async close(): Promise<void> {
        for (const key of this.#written) this.place.objects.delete(key);
      }
    },
  ),
  brokenDriver(
    "closing a handle breaks what other handles write",
    APART,
    class extends ReferenceDriver {
      override async close(): Promise<void> {
        for (const parts of this.place.uploads.values()) parts.length = 0;
      }
    },
  ),
  brokenDriver(
    "opening a handle sweeps what other handles write",
    APART,
    class extends ReferenceDriver {
      override async open(options: Cancellable): Promise<void> {
        await super.open(options);
        for (const parts of this.place.uploads.values()) parts.length = 0;
      }
    },
  ),
  brokenDriver(
    "absence is remembered by stat",
    ABSENCE,
    class extends ReferenceDriver {
      readonly #missing = new Remembered<unknown>();
      override async stat(key: string, options: Cancellable): Promise<FileInfo> {
        const missing = this.#missing.get(key);
        if (missing) throw missing;
        return super.stat(key, options).catch((error: unknown) => {
          this.#missing.set(key, error);
          throw error;
        });
      }
    },
  ),
  brokenDriver(
    "absence is remembered by read",
    ABSENCE,
    class extends ReferenceDriver {
      readonly #missing = new Remembered<unknown>();
      override async read(key: string, options: ReadRangeOptions): ReturnType<ReferenceDriver["read"]> {
        const missing = this.#missing.get(key);
        if (missing) throw missing;
        return super.read(key, options).catch((error: unknown) => {
          this.#missing.set(key, error);
          throw error;
        });
      }
    },
  ),
  brokenDriver(
    "an empty page is remembered",
    ABSENCE,
    class extends ReferenceDriver {
      readonly #empty = new Remembered<ListPage>();
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = this.#empty.get(options.prefix) ?? (await super.list(options));
        if (page.files.length === 0) this.#empty.set(options.prefix, page);
        return page;
      }
    },
  ),
  brokenDriver(
    "absence is remembered by delete",
    ABSENCE,
    class extends ReferenceDriver {
      readonly #deleted = new Remembered<true>();
      override async delete(key: string, options: Cancellable): Promise<void> {
        if (this.#deleted.get(key)) return;
        this.#deleted.set(key, true);
        await super.delete(key, options);
      }
    },
  ),
  remembering("what stat said is remembered", {
    stat: true,
  }),
  remembering("what read gave is remembered", { read: true }),
  brokenDriver(
    "a page is remembered",
    PRESENCE,
    class extends ReferenceDriver {
      readonly #pages = new Remembered<ListPage>();
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = this.#pages.get(options.prefix) ?? (await super.list(options));
        if (page.files.length > 0) this.#pages.set(options.prefix, page);
        return page;
      }
    },
  ),
];

function remembering(name: string, verbs: { readonly stat?: boolean; readonly read?: boolean }): Flaw {
  return brokenDriver(
    name,
    PRESENCE,
    class extends ReferenceDriver {
      readonly #infos = new Remembered<FileInfo>();
      readonly #bodies = new Remembered<Awaited<ReturnType<ReferenceDriver["read"]>>>();
      override async stat(key: string, options: Cancellable): Promise<FileInfo> {
        const info = (verbs.stat && this.#infos.get(key)) || (await super.stat(key, options));
        this.#infos.set(key, info);
        return info;
      }
      override async read(key: string, options: ReadRangeOptions): ReturnType<ReferenceDriver["read"]> {
        const known = verbs.read && !options.range ? this.#bodies.get(key) : undefined;
        if (!known) {
          const object = this.place.objects.get(key);
          const { info } = await super.read(key, options);
          const bytes = object?.bytes.subarray(options.range?.start ?? 0, options.range?.end) ?? Buffer.alloc(0);
          const body = { info, content: this.chunksOf(bytes, new AbortController().signal) };
          if (!options.range) this.#bodies.set(key, { info, content: again(bytes) });
          return body;
        }
        return known;
      }
    },
  );
}

function again(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      if (bytes.length > 0) yield bytes;
    },
  };
}
