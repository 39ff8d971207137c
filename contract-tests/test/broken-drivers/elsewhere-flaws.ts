import { type FileInfo, Filesystem } from "@stowage/core";
import type { WriteObjectOptions } from "@stowage/core/driver";
import { nextTurn } from "../../src/content.ts";
import { elsewhereIn } from "../../src/elsewhere.ts";
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
];

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
