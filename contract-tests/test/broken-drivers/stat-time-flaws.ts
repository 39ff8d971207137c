import type { FileInfo } from "@stowage/core";
import type { Cancellable, WriteObjectOptions } from "@stowage/core/driver";
import { REFERENCE_CAPABILITIES, ReferenceDriver } from "../reference-driver.ts";
import type { StoredObject } from "../reference-place.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

const COMMIT = ["stat/time-of-the-commit"];
const DAY_MS = 86_400_000;
const STAYS = ["stat/time-stays"];

type Chunks = AsyncIterable<Uint8Array>;

export const statTimeFlaws: readonly Flaw[] = [
  timing("the time is that of the first version", COMMIT, ({ old, object }) => old?.modifiedAt ?? object.modifiedAt),
  timing("the time is that of the start", COMMIT, ({ startedAt }) => startedAt),
  timing("the time of empty content is that of the start", COMMIT, ({ object, startedAt }) =>
    object.bytes.length === 0 ? startedAt : object.modifiedAt,
  ),
  timing("the time of equal content is that of the first version", COMMIT, ({ old, object }) =>
    old && Buffer.compare(old.bytes, object.bytes) === 0 ? old.modifiedAt : object.modifiedAt,
  ),
  timing("the time is always the same", [...COMMIT, ...STAYS], () => START_OF_PROCESS),
  timing("the time is that of the day", [...COMMIT, ...STAYS], ({ object }) => {
    return new Date(Math.floor(object.modifiedAt.getTime() / DAY_MS) * DAY_MS);
  }),
  brokenDriver(
    "the time of stat is that of the stat",
    STAYS,
    class extends ReferenceDriver {
      override async stat(key: string, options: Cancellable): Promise<FileInfo> {
        return { ...(await super.stat(key, options)), modifiedAt: new Date() };
      }
    },
  ),
  brokenDriver(
    "a write rounds what it says is the time",
    STAYS,
    class extends ReferenceDriver {
      override readonly capabilities = Object.freeze({
        ...REFERENCE_CAPABILITIES,
        limits: Object.freeze({ ...REFERENCE_CAPABILITIES.limits, timestampResolutionMs: 10_000 }),
      });
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const info = await super.write(key, content, options);
        return { ...info, modifiedAt: new Date(info.modifiedAt.getTime() + 1) };
      }
    },
  ),
  brokenDriver(
    "the time of a read is that of the read",
    STAYS,
    class extends ReferenceDriver {
      override async read(...values: Parameters<ReferenceDriver["read"]>): ReturnType<ReferenceDriver["read"]> {
        const { info, content } = await super.read(...values);
        return { info: { ...info, modifiedAt: new Date() }, content };
      }
    },
  ),
];

const START_OF_PROCESS = new Date();

interface Commit {
  readonly object: StoredObject;
  readonly old: StoredObject | undefined;
  readonly startedAt: Date;
}

function timing(name: string, caughtBy: readonly string[], timeOf: (commit: Commit) => Date): Flaw {
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const startedAt = new Date();
        const old = this.place.objects.get(key);
        const info = await super.write(key, content, options);
        const object = this.find(key);
        const modifiedAt = timeOf({ object, old, startedAt });
        this.place.objects.set(key, { ...object, modifiedAt });
        return { ...info, modifiedAt };
      }
    },
  );
}
