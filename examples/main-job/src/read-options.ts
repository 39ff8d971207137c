import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface Options {
  /** The directory to back up. Absent: make a sample. */
  readonly dataDir: string | undefined;
  /** The URL of the storage to back up to. Absent: a local directory. */
  readonly to: string | undefined;
  /** Whether the sample data and the restored copy stay on disk. */
  readonly keep: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm start -- [DIR] [--to URL] [--keep]

  DIR        the directory to back up; it is only read. Left out: a sample of 60 MB is made
  --to URL   the storage to back up to, such as s3://bucket/prefix. Left out: a local directory
  --keep     keep the restored copy (and the sample) on disk
  --help     show this`;

/**
 * Reads the command line. Relative directories start where npm was called, which it says in INIT_CWD,
 * not where it changed to. Throws a `TypeError` for an unknown option.
 */
export function readOptions(args: readonly string[], startedIn: string): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      to: { type: "string" },
      keep: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [directory, ...rest] = positionals;
  if (rest.length > 0) throw new TypeError(`one directory at a time, but there is also ${rest.join(" ")}`);
  const dataDir = directory === undefined ? undefined : resolve(startedIn, directory);
  return { dataDir, to: values.to, keep: values.keep, help: values.help };
}
