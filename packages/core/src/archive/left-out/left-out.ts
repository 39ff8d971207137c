import { StowageError } from "../../errors.ts";
import { compareKeys } from "../../filesystem/key.ts";
import { withoutSlash } from "../format/entry-name.ts";
import { invalidArchive, isInvalidArchive } from "../format/invalid-archive.ts";
import type { SkippedEntry } from "../skipped-entry.ts";
import { sizeProblem } from "./exclusions.ts";
import { matchingOfRecord } from "./record-globs.ts";

/** The last entry of an archive that does not hold all: what it left out. No restore writes below `.stowage`. */
export const LEFT_OUT_ENTRY = ".stowage/left-out.json";

/** Bytes of such an entry, inflated. */
export const LEFT_OUT_SIZE_MAX = 16 * 1024 * 1024;

/** What of a data directory an archive does not hold, although it was there. */
export interface LeftOut {
  /** Globs that left something out, as the user gave them. */
  readonly exclude: readonly string[];
  /** Names in the order of their bytes, with the reason of each. */
  readonly skipped: readonly SkippedEntry[];
}

/** What a backup loses nothing by: it was deleted, or is there up to some byte, or as it was read. */
const NOT_LEFT_OUT: ReadonlySet<string> = new Set(["vanished", "grew", "changed"]);
const REASON = /^[a-z0-9-]{1,64}$/;

export interface LeftOutOptions {
  /** Globs that left something out. */
  readonly globs?: readonly string[] | undefined;
  /** Where backups lie among the data. */
  readonly storages?: readonly string[] | undefined;
  /** What else was not walked. */
  readonly others?: readonly SkippedEntry[] | undefined;
}

/** What a walk left out, and what was left out since. */
export function leftOutOf(
  { skipped }: { readonly skipped: readonly SkippedEntry[] },
  { globs = [], storages = [], others = [] }: LeftOutOptions,
  since: readonly SkippedEntry[] = [],
): LeftOut {
  const places = storages.map((name) => ({ name, reason: "storage" }));
  return { exclude: globs, skipped: [...places, ...others, ...skipped, ...since] };
}

/** Encodes what was left out; nothing if that is nothing. More than 16 MiB of it are `SOURCE_UNREADABLE`. */
export function encodeLeftOut({ exclude, skipped }: LeftOut): Buffer | undefined {
  const names = new Map<string, SkippedEntry>();
  for (const entry of skipped) {
    const name = withoutSlash(entry.name);
    if (!NOT_LEFT_OUT.has(entry.reason)) names.set(entry.nameBase64 ?? name, { ...entry, name });
  }
  if (exclude.length === 0 && names.size === 0) return undefined;
  const sorted = [...names.values()].sort(
    (left, right) => compareKeys(left.name, right.name) || compareKeys(left.nameBase64 ?? "", right.nameBase64 ?? ""),
  );
  const bytes = Buffer.from(`${JSON.stringify({ version: 1, exclude, skipped: sorted.map(written) })}\n`);
  if (bytes.length <= LEFT_OUT_SIZE_MAX) return bytes;
  const message = `${names.size} names were skipped, and the archive cannot list them: exclude the directory that holds most of them`;
  throw new StowageError("SOURCE_UNREADABLE", message);
}

/** Decodes what {@link encodeLeftOut} gave. Anything else is `INVALID_ARCHIVE`. */
export function decodeLeftOut(bytes: Uint8Array): LeftOut {
  const record = parsed(bytes);
  if (record?.version !== 1) throw damaged("its version is unknown");
  const { exclude, skipped } = record;
  if (!Array.isArray(exclude) || !exclude.every((glob) => typeof glob === "string")) throw damaged("it has no globs");
  if (!Array.isArray(skipped)) throw damaged("it has no names");
  assertGlobs(exclude);
  return { exclude, skipped: skipped.map(read) };
}

function assertGlobs(globs: readonly string[]): void {
  const problem = sizeProblem(globs);
  if (problem !== undefined) throw damaged(`it has ${problem}`);
  try {
    matchingOfRecord(globs);
  } catch (cause) {
    throw isInvalidArchive(cause) ? cause : damaged("it has a glob that means nothing", cause);
  }
}

/** A name that is not UTF-8 is told by its bytes. */
function written({ name, reason, nameBase64 }: SkippedEntry) {
  return nameBase64 === undefined ? { name, reason } : { nameBase64, reason };
}

function read(value: unknown): SkippedEntry {
  if (!isRecord(value)) throw damaged("it has a name that is none");
  const { name, nameBase64, reason } = value;
  if (typeof reason !== "string" || !REASON.test(reason)) throw damaged("it has a name without a reason");
  if (typeof name === "string" && name !== "") return { name, reason };
  if (typeof nameBase64 !== "string" || nameBase64 === "") throw damaged("it has a reason without a name");
  return { name: Buffer.from(nameBase64, "base64").toString("utf8"), reason, nameBase64 };
}

function parsed(bytes: Uint8Array): Partial<Record<"version" | "exclude" | "skipped", unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return isRecord(value) ? value : undefined;
  } catch (cause) {
    throw damaged("it is no JSON", cause);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function damaged(why: string, cause?: unknown): Error {
  return invalidArchive("left-out-record", `what it left out cannot be read (${LEFT_OUT_ENTRY}): ${why}`, { cause });
}
