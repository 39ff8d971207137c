import { type FileInfo, Filesystem } from "@stowage/core";
import type { Cancellable, WriteObjectOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/case/content.ts";
import { elsewhereIn } from "../../src/case/elsewhere.ts";
import { infoOf, ReferenceDriver } from "../reference-driver.ts";
import { ReferencePlace } from "../reference-place.ts";
import { brokenPlace, type Flaw } from "./flaw.ts";

export const elsewhereFlaws: readonly Flaw[] = [
  brokenPlace("each process has its own objects", ["open/processes-share-objects"], {
    changes: () => ({ elsewhere: () => elsewhereIn(new Filesystem(new ReferenceDriver(new ReferencePlace()))) }),
  }),
  brokenPlace("create-only writes are atomic within a process", ["create/race-over-processes"], {
    driver: (place) => new LockingDriver(place, new Map()),
    changes: (_, place) => ({ elsewhere: () => elsewhereIn(new Filesystem(new LockingDriver(place, new Map()))) }),
  }),
  brokenPlace("a process that opens the place drops the uploads of others", ["open/processes-live-apart"], {
    changes: (_, place) => ({ elsewhere: () => elsewhereIn(new Filesystem(new SweepingDriver(place))) }),
  }),
  brokenPlace("each process counts its uploads from the start", ["open/processes-live-apart"], {
    changes: (_, place) => {
      const uploads = new Map<string, Uint8Array[]>();
      return { elsewhere: () => elsewhereIn(new Filesystem(new CountingDriver(place, uploads))) };
    },
  }),
];

/** Collects what it writes under a number. */
class CountingDriver extends ReferenceDriver {
  readonly #uploads: Map<string, Uint8Array[]>;
  #count = 0;

  constructor(place: ReferencePlace, uploads: Map<string, Uint8Array[]>) {
    super(place);
    this.#uploads = uploads;
  }

  override async write(
    key: string,
    content: AsyncIterable<Uint8Array>,
    options: WriteObjectOptions,
  ): Promise<FileInfo> {
    const name = `${++this.#count}`;
    const parts: Uint8Array[] = [];
    this.#uploads.set(name, parts);
    for await (const chunk of content) (this.#uploads.get(name) ?? parts).push(chunk);
    await nextTurn();
    return infoOf(key, this.commit(key, this.#uploads.get(name) ?? parts, options));
  }
}

class SweepingDriver extends ReferenceDriver {
  override async open(options: Cancellable): Promise<void> {
    await super.open(options);
    for (const parts of this.place.uploads.values()) parts.length = 0;
  }
}

/** Lets its writes of a key wait for one another, and knows nothing of those of other processes. */
class LockingDriver extends ReferenceDriver {
  readonly #queues: Map<string, Promise<unknown>>;

  constructor(place: ReferencePlace, queues: Map<string, Promise<unknown>>) {
    super(place);
    this.#queues = queues;
  }

  override async write(
    key: string,
    content: AsyncIterable<Uint8Array>,
    options: WriteObjectOptions,
  ): Promise<FileInfo> {
    const parts = await this.upload(key, content, options);
    const before = this.#queues.get(key) ?? Promise.resolve();
    const commit = before.then(async () => {
      if (options.ifNotExists && this.place.objects.has(key)) return infoOf(key, this.commit(key, parts, options));
      await nextTurn();
      return infoOf(key, this.commit(key, parts, { ...options, ifNotExists: false }));
    });
    this.#queues.set(
      key,
      commit.catch(() => {}),
    );
    return commit;
  }
}
