import { type FileInfo, Filesystem, type SignalOption, StowageError } from "@stowage/core";
import type { Cancellable, Classification, WriteObjectOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { brokenDriver, brokenFilesystem, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;

export const errorFlaws: readonly Flaw[] = [
  deleting(
    "errors arrive as the driver threw them",
    ["errors/driver-failures-are-wrapped-once"],
    (error) => error.cause ?? error,
  ),
  deleting("errors are wrapped twice", ["errors/driver-failures-are-wrapped-once"], (error) => {
    return new StowageError(error.code, error.message, { operation: "delete", key: error.key ?? "", cause: error });
  }),
  deleting("errors do not say which operation failed", ["errors/driver-failures-are-wrapped-once"], (error) => {
    return new StowageError(error.code, error.message, { cause: error.cause });
  }),
  deleting("an abort looks like any failure", ["errors/aborts-are-told-apart"], (error) => {
    return new StowageError("INTERNAL", error.message, { operation: "delete", cause: error.cause });
  }),
  brokenFilesystem(
    "typed errors of a driver are classified again",
    ["errors/typed-driver-failures-keep-their-code"],
    class extends Filesystem {
      override async write(...values: Parameters<Filesystem["write"]>): Promise<FileInfo> {
        try {
          return await super.write(...values);
        } catch (error) {
          throw new StowageError("INTERNAL", String(error), { operation: "write", key: values[0], cause: error });
        }
      }
    },
  ),
  brokenDriver(
    "an unknown error means that nothing is there",
    ["errors/unknown-errors-are-not-absence"],
    class extends ReferenceDriver {
      override classify(error: unknown): Classification {
        const isKnown = error instanceof StowageError;
        return isKnown ? super.classify(error) : { code: "NOT_FOUND", retryable: false };
      }
    },
  ),
  brokenDriver(
    "an error that is no object cannot be classified",
    ["errors/unknown-errors-are-not-absence"],
    class extends ReferenceDriver {
      override classify(error: unknown): Classification {
        const isMissing = (error as { code: unknown }).code === "ENOENT";
        return isMissing ? { code: "NOT_FOUND", retryable: false } : super.classify(error);
      }
    },
  ),
];

export const concurrencyFlaws: readonly Flaw[] = [
  brokenDriver(
    "equal calls at once are one, and end with the first",
    ["concurrency/aborted-apart"],
    class extends ReferenceDriver {
      readonly #underWay = new Map<string, Promise<FileInfo>>();
      override stat(key: string, options: Cancellable): Promise<FileInfo> {
        const call = this.#underWay.get(key) ?? nextTurn().then(() => super.stat(key, options));
        this.#underWay.set(key, call);
        return call.finally(() => this.#underWay.delete(key));
      }
    },
  ),
  brokenDriver(
    "all writes of a handle share one buffer",
    ["concurrency/distinct-keys"],
    class extends ReferenceDriver {
      #parts: Uint8Array[] = [];
      protected override async upload(_: string, content: Chunks): Promise<Uint8Array[]> {
        this.#parts = [];
        for await (const chunk of content) this.#parts.push(chunk);
        return this.#parts;
      }
    },
  ),
  brokenDriver(
    "all uploads of a key are one",
    ["concurrency/one-key"],
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const parts = this.place.uploads.get(key) ?? [];
        this.place.uploads.set(key, parts);
        let size = 0;
        for await (const chunk of content) {
          parts.push(chunk);
          size += chunk.length;
        }
        this.place.uploads.delete(key);
        const object = this.commit(key, parts, options);
        return { key, size, modifiedAt: object.modifiedAt };
      }
    },
  ),
  brokenDriver(
    "one overwrite in five is lost",
    ["concurrency/model", "concurrency/model-at-length"],
    class extends ReferenceDriver {
      #count = 0;
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const old = this.place.objects.get(key);
        const object = super.commit(key, parts, options);
        if (old && ++this.#count % 5 === 0) this.place.objects.set(key, old);
        return object;
      }
    },
  ),
  brokenDriver(
    "a write beside a delete stores an empty object",
    ["concurrency/legal-outcomes"],
    class extends ReferenceDriver {
      override async delete(key: string, { signal }: Cancellable): Promise<void> {
        const object = this.place.objects.get(key);
        for (let turn = 0; turn < 3; turn++) await nextTurn();
        signal.throwIfAborted();
        const isNew = this.place.objects.get(key) !== object;
        if (isNew) this.place.put(key, []);
        else this.place.objects.delete(key);
      }
    },
  ),
];

function deleting(name: string, caughtBy: string[], change: (error: StowageError) => unknown): Flaw {
  return brokenFilesystem(
    name,
    caughtBy,
    class extends Filesystem {
      override async delete(key: string, options: SignalOption = {}): Promise<void> {
        try {
          await super.delete(key, options);
        } catch (error) {
          throw error instanceof StowageError ? change(error) : error;
        }
      }
    },
  );
}
