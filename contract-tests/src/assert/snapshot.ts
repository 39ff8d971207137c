import { setTimeout as delay } from "node:timers/promises";
import type { FileInfo, Filesystem } from "@stowage/core";
import type { CaseContext } from "../case/case-context.ts";
import { assertEqual } from "./assert-equal.ts";
import { assertBytes, assertSameInfo, listAll, readBytes } from "./assertions.ts";

interface Snapshot {
  readonly files: readonly FileInfo[];
  readonly contents: ReadonlyMap<string, Buffer>;
}

/**
 * Asserts that all objects of the case are after `action` what they were before: the same keys, times and bytes, from
 * another handle too, and once more after the settle time or `waitMs`, because a bad driver commits behind the caller's back.
 */
export async function assertUnchangedBy(
  context: CaseContext,
  action: () => Promise<unknown>,
  { waitMs }: { waitMs?: number } = {},
): Promise<void> {
  const before = await takeSnapshot(context.filesystem);
  await action();
  await assertSnapshot(context.filesystem, before);
  await (waitMs === undefined ? context.settle() : delay(waitMs));
  await assertSnapshot(context.open(), before);
}

async function takeSnapshot(filesystem: Filesystem): Promise<Snapshot> {
  const files = await listAll(filesystem);
  const contents = new Map<string, Buffer>();
  for (const { key } of files) contents.set(key, await readBytes(filesystem, key));
  return { files, contents };
}

async function assertSnapshot(filesystem: Filesystem, before: Snapshot): Promise<void> {
  const files = await listAll(filesystem);
  const keysOf = (list: readonly FileInfo[]) => list.map(({ key }) => key);
  assertEqual(keysOf(files), keysOf(before.files), "the keys listed after what should have changed nothing");
  assertEqual(files, before.files, "the descriptions listed after what should have changed nothing");
  for (const [key, content] of before.contents) {
    assertSameInfo(
      filesystem,
      await filesystem.stat(key),
      files.find((file) => file.key === key),
    );
    assertBytes(await readBytes(filesystem, key), content, "the old content");
  }
}
