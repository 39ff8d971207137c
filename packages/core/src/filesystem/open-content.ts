import type { FilesystemDriver, ReadRangeOptions } from "./driver.ts";
import { checkedInfo, checkedOpened, type OpenedContent } from "./driver-results.ts";
import { assertSatisfiable, driverRange, type ReadRange } from "./read-range.ts";

/** Opens the bytes of a range that may be empty. Content that comes after the signal has aborted is let go of. */
export async function openContent(
  driver: FilesystemDriver,
  key: string,
  { range, ...options }: Omit<ReadRangeOptions, "range"> & { readonly range: ReadRange },
): Promise<OpenedContent> {
  const { signal } = options;
  if (range.end !== undefined && range.end <= (range.start ?? 0)) return openNothing(driver, key, { range, signal });
  const opened = checkedOpened(await driver.read(key, { ...options, range: driverRange(range) }));
  if (!signal.aborted) return opened;
  discard(opened.content).catch(() => {}); // whoever wanted it has its error already
  throw signal.reason;
}

/** A range of no bytes cannot be asked for in HTTP. */
async function openNothing(
  driver: FilesystemDriver,
  key: string,
  { range, signal }: { range: ReadRange; signal: AbortSignal },
): Promise<OpenedContent> {
  const info = checkedInfo("stat", await driver.stat(key, { signal }));
  assertSatisfiable(range, info.size);
  return { info, content: emptyContent() };
}

/** Asks for a chunk first: a generator that was not started has no `finally` to run. */
async function discard(content: AsyncIterable<Uint8Array>): Promise<void> {
  const iterator = content[Symbol.asyncIterator]();
  await Promise.all([iterator.next(), iterator.return?.()]);
}

async function* emptyContent(): AsyncGenerator<Uint8Array, void, void> {}
