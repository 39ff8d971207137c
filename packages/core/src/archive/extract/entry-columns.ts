import type { NameEncoding } from "../format/name-encoding.ts";
import type { PlacedEntry } from "../judge/placed-entry.ts";

/** Entries as a message to a thread: one text and one row of numbers for each, which is copied much faster than objects. */
export interface EntryColumns {
  /** The names, with a line break behind each: no name holds one. */
  readonly names: string;
  /** What headers say, likewise, with an empty line where that is the name; an empty text if it always is. */
  readonly headerNames: string;
  readonly numbers: Float64Array;
}

const ENCODINGS: readonly NameEncoding[] = ["utf-8", "cp437"];
const TYPES: readonly PlacedEntry["type"][] = ["file", "directory", "symlink", "other"];
const COLUMNS = 14;

export function columnsOf(entries: readonly PlacedEntry[]): EntryColumns {
  const numbers = new Float64Array(COLUMNS * entries.length);
  let names = "";
  let row = 0;
  const isPlain = entries.every(({ headerName }) => headerName === undefined);
  const headerNames = isPlain ? "" : entries.map(({ headerName = "" }) => `${headerName}\n`).join("");
  for (const entry of entries) {
    names += `${entry.name}\n`;
    numbers[row] = TYPES.indexOf(entry.type);
    numbers[row + 1] = entry.size;
    numbers[row + 2] = entry.compressedSize;
    numbers[row + 3] = entry.crc32;
    numbers[row + 4] = entry.method;
    numbers[row + 5] = entry.mode;
    numbers[row + 6] = entry.modifiedAt.getTime();
    numbers[row + 7] = entry.flags;
    numbers[row + 8] = ENCODINGS.indexOf(entry.nameEncoding);
    numbers[row + 9] = entry.headerOffset;
    numbers[row + 10] = entry.limit;
    numbers[row + 11] = entry.directoryOffset;
    numbers[row + 12] = entry.owner?.uid ?? -1;
    numbers[row + 13] = entry.owner?.gid ?? -1;
    row += COLUMNS;
  }
  return { names, headerNames, numbers };
}

export function entriesOf({ names, headerNames, numbers }: EntryColumns): PlacedEntry[] {
  const list = names.split("\n");
  list.pop(); // what follows the last line break
  const inHeaders = headerNames.split("\n");
  return list.map((name, index) => {
    const entry = entryAt(name, numbers.subarray(COLUMNS * index, COLUMNS * (index + 1)));
    return inHeaders[index] ? { ...entry, headerName: inHeaders[index] } : entry;
  });
}

function entryAt(name: string, row: Float64Array): PlacedEntry {
  const at = (column: number) => row[column] ?? Number.NaN;
  return {
    name,
    type: TYPES[at(0)] ?? "other",
    size: at(1),
    compressedSize: at(2),
    crc32: at(3),
    method: at(4) === 0 ? 0 : 8,
    mode: at(5),
    modifiedAt: new Date(at(6)),
    flags: at(7),
    nameEncoding: ENCODINGS[at(8)] ?? "utf-8",
    headerOffset: at(9),
    limit: at(10),
    directoryOffset: at(11),
    owner: at(12) < 0 && at(13) < 0 ? undefined : { uid: at(12), gid: at(13) },
  };
}
