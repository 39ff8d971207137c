import assert from "node:assert/strict";
import { type FileInfo, type Filesystem, StowageError } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { listAll } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { KIB, nextTurn } from "../../case/content.ts";

/** The most looks of each kind: more than a commit of a storage on this host takes. */
const LOOKS = 20;
/** Larger objects are looked at at both ends only. */
const WHOLE_SIZE = 64 * KIB;
const END_SIZE = KIB;

export interface Watched {
  readonly key: string;
  /** What may lie under the key meanwhile, each of another size. */
  readonly versions: readonly Uint8Array[];
  /** Whether the key may be free as long as nothing was seen under it. */
  readonly isNew: boolean;
  /** What stat and read tell of each version. */
  readonly contentType?: string | undefined;
}

/**
 * Runs `action`, and asserts that all the while every other handle sees one of the versions under the key, whole, by stat, list
 * and read alike, and that no key is listed that was not there before. What was seen once does not vanish.
 */
export async function assertWholeWhile(
  context: CaseContext,
  watched: Watched,
  action: () => Promise<unknown>,
): Promise<void> {
  const base = context.track(context.namespace.open());
  const before = (await listAll(base)).map(({ key }) => key);
  const watch = new CommitWatch(context.open(), watched);
  await watch.filesystem.open();
  const names = async () => assertNoOther(await listAll(base), before, watched.key);
  let isOver = false;
  const repeat = async (look: () => Promise<void>) => {
    for (let count = 0; count < LOOKS && !isOver; count++) {
      await look();
      await nextTurn(); // or a driver that keeps all in memory never lets the writer in
    }
  };
  const act = async () => {
    try {
      await action();
    } finally {
      isOver = true;
    }
  };
  const looks = [() => watch.stat(), () => watch.list(), () => watch.read(), names];
  const outcomes = await Promise.allSettled([act(), ...looks.map(repeat)]);
  for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
}

/** Behind a prefix the key is the end of what is listed. */
function assertNoOther(files: readonly FileInfo[], before: readonly string[], key: string): void {
  const others = files.map((file) => file.key).filter((found) => !before.includes(found) && !found.endsWith(key));
  assertEqual(
    others,
    [],
    "the keys beside the one that is being written and those of before that are listed meanwhile",
  );
}

/** Looks at a key from another handle. */
class CommitWatch {
  readonly filesystem: Filesystem;
  readonly #watched: Watched;
  /** The verbs that have shown the object. */
  readonly #seen = new Set<string>();

  constructor(filesystem: Filesystem, watched: Watched) {
    this.filesystem = filesystem;
    this.#watched = watched;
  }

  async stat(): Promise<void> {
    const mayBeMissing = this.#mayBeMissing("stat");
    const info = await this.filesystem
      .stat(this.#watched.key)
      .catch((error) => this.#assertMissing(error, mayBeMissing));
    if (info) this.#versionOf(info.size, "stat");
    if (info) this.#assertType(info);
  }

  async list(): Promise<void> {
    const { key } = this.#watched;
    const mayBeMissing = this.#mayBeMissing("list");
    const files = (await listAll(this.filesystem, { prefix: key })).filter((file) => file.key === key);
    assert.ok(files.length === 1 || (files.length === 0 && mayBeMissing), `list shows the key ${files.length} times`);
    for (const { size } of files) this.#versionOf(size, "list");
  }

  async read(): Promise<void> {
    const mayBeMissing = this.#mayBeMissing("read");
    try {
      const { length } = await this.#readFrom(0);
      if (length > WHOLE_SIZE) await this.#readFrom(length - END_SIZE);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      this.#assertMissing(error, mayBeMissing);
    }
  }

  /** Reads a piece of the object, and returns the version that it is of. */
  async #readFrom(start: number): Promise<Uint8Array> {
    const end = start + WHOLE_SIZE;
    const { info, content } = await this.filesystem.read(this.#watched.key, { start, end });
    const version = this.#versionOf(info.size, "read");
    this.#assertType(info);
    const found = Buffer.concat(await content.toArray());
    assert.ok(found.equals(version.subarray(start, end)), `what is read at byte ${start} is of the version described`);
    return version;
  }

  #mayBeMissing(verb: string): boolean {
    return this.#watched.isNew && !this.#seen.has(verb);
  }

  #versionOf(size: number, verb: string): Uint8Array {
    this.#seen.add(verb);
    const version = this.#watched.versions.find(({ length }) => length === size);
    return version ?? assert.fail(`${verb} shows ${size} bytes, which is no version's size`);
  }

  #assertType({ contentType }: FileInfo): void {
    const expected = this.#watched.contentType;
    if (expected !== undefined)
      assertEqual(contentType, expected, "the content type of an object that has just appeared");
  }

  /** A look beside an overwrite may fail by an error that is worth a retry. */
  #assertMissing(error: unknown, mayBeMissing: boolean): undefined {
    if (!(error instanceof StowageError)) throw error;
    if (error.code === "NOT_FOUND") assert.ok(mayBeMissing, `the object is never missing: ${error.message}`);
    else if (error.code === "RANGE_NOT_SATISFIABLE") assert.ok(this.#watched.versions.length > 1, error.message);
    else
      assertEqual(
        error.retryable,
        true,
        `whether a look beside a commit that fails is worth a retry (${error.message})`,
      );
  }
}
