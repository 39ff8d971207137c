import type { FileInfo, StowageError } from "@stowage/core";
import type { Cancellable, ListPage, ListPageOptions, ReadRangeOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

const ABSENCE = ["open/absence-is-not-remembered"];
const PRESENCE = ["open/presence-is-not-remembered"];
const APART = ["open/handles-live-apart"];

/** How long they remember, in milliseconds. */
const MEMORY_MS = 60_000;

/** Remembers for a while what it was told, until it changes something itself. */
abstract class RememberingDriver extends ReferenceDriver {
  readonly #known = new Map<string, { readonly value: unknown; readonly until: number }>();

  override async write(...values: Parameters<ReferenceDriver["write"]>): Promise<FileInfo> {
    this.#known.clear();
    return super.write(...values).finally(() => this.#known.clear());
  }

  override async delete(key: string, options: Cancellable): Promise<void> {
    await super.delete(key, options);
    this.#known.clear();
  }

  /** Asks, or says again what was said about `id`. A failure too, if it is worth it. */
  protected async recall<Value>(
    id: string,
    ask: () => Promise<Value>,
    isWorthIt: (answer: { readonly value?: Value; readonly error?: unknown }) => boolean,
  ): Promise<Value> {
    const known = this.#known.get(id);
    const isKnown = known !== undefined && performance.now() < known.until;
    const answer = isKnown ? (known.value as { value?: Value; error?: unknown }) : await settled(ask());
    if (isWorthIt(answer)) this.#known.set(id, { value: answer, until: performance.now() + MEMORY_MS });
    if ("error" in answer) throw answer.error;
    return answer.value as Value;
  }
}

function settled<Value>(call: Promise<Value>): Promise<{ value?: Value; error?: unknown }> {
  return call.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

export const handleFlaws: readonly Flaw[] = [
  brokenDriver(
    "what a handle has deleted is gone for it",
    ABSENCE,
    class extends ReferenceDriver {
      readonly #deleted = new Set<string>();
      override async delete(key: string, options: Cancellable): Promise<void> {
        if (this.place.objects.has(key)) this.#deleted.add(key);
        await super.delete(key, options);
      }
      override async stat(key: string, options: Cancellable): Promise<FileInfo> {
        return super.stat(this.#deleted.has(key) ? `${key}-deleted` : key, options);
      }
    },
  ),
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
    "an object shows that the place can be written to",
    ["open/shows-nothing"],
    class extends ReferenceDriver {
      override async open(options: Cancellable): Promise<void> {
        await super.open(options);
        this.place.put("write-test", []);
        await nextTurn();
        this.place.objects.delete("write-test");
      }
    },
  ),
  brokenDriver(
    "absence is remembered by stat",
    ABSENCE,
    class extends RememberingDriver {
      override stat(key: string, options: Cancellable): Promise<FileInfo> {
        return this.recall(key, () => super.stat(key, options), isFailure);
      }
    },
  ),
  brokenDriver(
    "absence is remembered by read",
    ABSENCE,
    class extends RememberingDriver {
      override read(key: string, options: ReadRangeOptions): ReturnType<ReferenceDriver["read"]> {
        return this.recall(key, () => super.read(key, options), isFailure);
      }
    },
  ),
  brokenDriver(
    "an empty page is remembered",
    ABSENCE,
    class extends RememberingDriver {
      override list(options: ListPageOptions): Promise<ListPage> {
        const id = JSON.stringify([options.prefix, options.cursor]);
        return this.recall(
          id,
          () => super.list(options),
          ({ value }) => value?.files.length === 0,
        );
      }
    },
  ),
  brokenDriver(
    "absence is remembered by delete",
    ABSENCE,
    class extends ReferenceDriver {
      readonly #deleted = new Set<string>();
      override async delete(key: string, options: Cancellable): Promise<void> {
        if (this.#deleted.has(key)) return;
        this.#deleted.add(key);
        await super.delete(key, options);
      }
      override async write(...values: Parameters<ReferenceDriver["write"]>): Promise<FileInfo> {
        this.#deleted.delete(values[0]);
        return super.write(...values);
      }
    },
  ),
  brokenDriver(
    "what stat said is remembered",
    PRESENCE,
    class extends RememberingDriver {
      override stat(key: string, options: Cancellable): Promise<FileInfo> {
        return this.recall(key, () => super.stat(key, options), isSuccess);
      }
    },
  ),
  brokenDriver(
    "a key that was taken stays so",
    PRESENCE,
    class extends ReferenceDriver {
      readonly #taken = new Set<string>();
      override async write(...values: Parameters<ReferenceDriver["write"]>): Promise<FileInfo> {
        const [key, , { ifNotExists = false }] = values;
        if (ifNotExists && this.#taken.has(key)) return super.write("taken", values[1], values[2]);
        if (ifNotExists && this.place.objects.has(key)) {
          this.#taken.add(key);
          this.place.put("taken", []);
        }
        return super.write(...values);
      }
    },
  ),
  brokenDriver(
    "what read gave is remembered",
    PRESENCE,
    class extends RememberingDriver {
      override read(key: string, options: ReadRangeOptions): ReturnType<ReferenceDriver["read"]> {
        const kept = { ...options, signal: new AbortController().signal };
        const id = JSON.stringify([key, options.range]);
        const read = async () => {
          const { info, content } = await super.read(key, kept);
          const chunks: Uint8Array[] = [];
          for await (const chunk of content) chunks.push(chunk);
          return { info, content: again(chunks) };
        };
        return this.recall(id, read, isSuccess);
      }
    },
  ),
  brokenDriver(
    "a range that was not satisfiable stays so",
    PRESENCE,
    class extends RememberingDriver {
      override read(key: string, options: ReadRangeOptions): ReturnType<ReferenceDriver["read"]> {
        const id = JSON.stringify([key, options.range?.start]);
        return this.recall(
          id,
          () => super.read(key, options),
          ({ error }) => (error as StowageError | undefined)?.code === "RANGE_NOT_SATISFIABLE",
        );
      }
    },
  ),
  brokenDriver(
    "a page is remembered",
    PRESENCE,
    class extends RememberingDriver {
      override list(options: ListPageOptions): Promise<ListPage> {
        const id = JSON.stringify([options.prefix, options.cursor, options.limit]);
        return this.recall(id, () => super.list(options), isSuccess);
      }
    },
  ),
];

interface Answer {
  readonly value?: unknown;
  readonly error?: unknown;
}

function isFailure(answer: Answer): boolean {
  return "error" in answer;
}

function isSuccess(answer: Answer): boolean {
  return !("error" in answer);
}

function again(chunks: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  return {
    async *[Symbol.asyncIterator]() {
      yield* chunks;
    },
  };
}
