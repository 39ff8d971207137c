import type { Readable } from "node:stream";
import { linkSignals, onAbort } from "../abort.ts";
import { entryContent } from "../archive/extract/entry-content.ts";
import type { ArchiveEntry } from "../archive/format/central-header.ts";
import { withoutSlash } from "../archive/format/entry-name.ts";
import { checkNames, isListed } from "../archive/judge/judge-archive.ts";
import { type PlacedEntry, placeEntries } from "../archive/judge/placed-entry.ts";
import { readCentralDirectory } from "../archive/judge/read-central-directory.ts";
import { objectReader } from "../archive/object-reader.ts";
import { StowageError } from "../errors.ts";
import { ContentStream } from "../filesystem/content/content-stream.ts";
import type { Classification } from "../filesystem/driver.ts";
import type { Filesystem } from "../filesystem/filesystem.ts";
import { wrapError } from "../filesystem/wrap-error.ts";
import { UNLIMITED, withLimits } from "./judged-backup.ts";
import type { Operation } from "./operations/operations.ts";
import type { ManagerSettings } from "./settings/manager-settings.ts";

/** One file of an archive. */
export interface OpenedEntry {
  readonly entry: ArchiveEntry;
  /** Destroy content that you do not read. */
  readonly content: Readable;
}

interface OpenEntrySettings extends Pick<ManagerSettings, "limits" | "names"> {
  readonly name: string;
  /** The caller's signal, which ends the content, too. */
  readonly signal: AbortSignal | undefined;
}

/** Opens the content of one entry. Its first chunk has been read when this resolves: what is small was checked as a whole. */
export async function openEntry(
  filesystem: Filesystem,
  { key, signal: running }: Operation,
  { name, signal, ...settings }: OpenEntrySettings,
): Promise<OpenedEntry> {
  const linked = linkSignals(signal, running);
  const end = () => {
    linked.abort(new Error("nobody reads it any more"));
    linked[Symbol.dispose]();
  };
  try {
    const reader = await objectReader(filesystem, key, linked);
    const { maxEntries } = withLimits(UNLIMITED, settings.limits);
    const limits = { maxEntries: maxEntries + 1, names: settings.names, signal: linked.signal };
    const directory = await readCentralDirectory(reader, limits);
    checkNames(directory.entries, { limits: { ...UNLIMITED, maxEntries } });
    const entry = entryOf(placeEntries(directory.entries, directory), name);
    const content = entryContent(reader, entry);
    const wrap = (error: unknown) =>
      wrapError(error, { operation: "openEntry", key, signal, closing: NEVER, classify });
    const started = startedWith(await content.next(), content);
    const stream = new ContentStream(started, { size: entry.size, wrap, onClose: end });
    onAbort(linked.signal, () => {
      if (!stream.destroyed) stream.abort(wrap(linked.signal.reason));
    });
    return { entry, content: stream };
  } catch (error) {
    end();
    throw error;
  }
}

/** The manager's end closes its filesystem, and that ends the content. */
const NEVER: AbortSignal = new AbortController().signal;

/** Whatever is no error of this library yet. */
function classify(): Classification {
  return { code: "INTERNAL", retryable: false };
}

function entryOf(entries: readonly PlacedEntry[], name: string): PlacedEntry {
  const listed = entries.filter(isListed);
  const entry = listed.find((each) => withoutSlash(each.name) === withoutSlash(name));
  const isThere = entry !== undefined || listed.some((each) => each.name.startsWith(`${withoutSlash(name)}/`));
  const label = JSON.stringify(name);
  if (!isThere) throw new StowageError("NOT_FOUND", `the archive holds no ${label}; entries() lists what it holds`);
  if (entry?.type === "symlink" && entry.name === name) return entry;
  if (entry?.type === "file" && entry.name === name) return entry;
  throw new StowageError("NOT_FOUND", `${label} is no file in the archive; entries() lists those that are`);
}

/** The content, of which the first chunk has been taken. Its end must reach the generator even if nobody takes more. */
async function* startedWith(
  first: IteratorResult<Uint8Array, void>,
  content: AsyncGenerator<Uint8Array, void, void>,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    if (!first.done) yield first.value;
    yield* content;
  } finally {
    await content.return();
  }
}
