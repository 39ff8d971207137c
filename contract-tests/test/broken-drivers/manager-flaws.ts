import { type FileInfo, StowageError } from "@stowage/core";
import type {
  Cancellable,
  ListPage,
  ListPageOptions,
  ReadRangeOptions,
  WriteObjectOptions,
} from "@stowage/core/driver";
import { ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

export const managerFlaws: readonly Flaw[] = [
  brokenDriver(
    "a byte of each larger object is stored wrong",
    ["manager/round-trip", "manager/one-at-a-time", "manager/failing-driver", "manager/failing-restore-under-lock"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        const bytes = Buffer.concat(parts);
        if (bytes.length > 500) bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
        return super.commit(key, [bytes], options);
      }
    },
  ),
  brokenDriver(
    "create-only replaces, and stat does not see what is there",
    ["manager/taken-name"],
    class extends ReferenceDriver {
      override async stat(key: string, options: Cancellable): Promise<FileInfo> {
        if (key.includes("taken")) this.place.objects.delete(key);
        return super.stat(key, options);
      }
    },
  ),
  brokenDriver(
    "keys that start with a dot are not listed",
    ["manager/lock-in-the-storage", "manager/failing-create-under-lock"],
    class extends ReferenceDriver {
      override async list(options: ListPageOptions): Promise<ListPage> {
        const page = await super.list(options);
        return { ...page, files: page.files.filter(({ key }) => !key.startsWith(".")) };
      }
    },
  ),
  brokenDriver(
    "keys that start with a dot are refused",
    ["manager/lock-in-the-storage"],
    class extends ReferenceDriver {
      protected override commit(key: string, parts: readonly Uint8Array[], options: WriteObjectOptions): StoredObject {
        if (key.startsWith(".")) throw new StowageError("INVALID_ARGUMENT", "no hidden names here");
        return super.commit(key, parts, options);
      }
    },
  ),
  brokenDriver(
    "delete forgets to delete",
    ["manager/active-key", "manager/failing-delete-under-lock"],
    class extends ReferenceDriver {
      override async delete(): Promise<void> {}
    },
  ),
  brokenDriver(
    "a key that failed once is there, empty",
    ["manager/upload-of-no-archive"],
    class extends ReferenceDriver {
      override async write(
        key: string,
        content: AsyncIterable<Uint8Array>,
        options: WriteObjectOptions,
      ): Promise<FileInfo> {
        return super.write(key, content, options).catch((error: unknown) => {
          this.place.put(key, []);
          throw error;
        });
      }
    },
  ),
  brokenDriver(
    "a missing key is read as another one",
    ["manager/restore-of-a-bad-archive"],
    class extends ReferenceDriver {
      override async stat(key: string, options: Cancellable): Promise<FileInfo> {
        return { ...(await super.stat(this.#standIn(key), options)), key };
      }

      override async read(key: string, options: ReadRangeOptions) {
        return super.read(this.#standIn(key), options);
      }

      #standIn(key: string): string {
        return key.replace("missing", "good");
      }
    },
  ),
];
