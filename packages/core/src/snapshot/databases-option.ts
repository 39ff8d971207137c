/** Makes a consistent copy of a database at `path`, where nothing lies yet. A connection of better-sqlite3 does. */
export interface DatabaseSource {
  backup(path: string): unknown;
}

/**
 * How databases are backed up. "auto" copies each through SQLite, in one consistent state. "copy" reads the files as they are,
 * which may leave the backup without a database that opens: each is a warning. An object names, by their path in the data
 * directory, those that the application copies itself; the others are "auto".
 */
export type DatabasesOption = "auto" | "copy" | Readonly<Record<string, DatabaseSource>>;

/** What is wrong with the option, if anything. */
export function databasesProblem(databases: unknown): string | undefined {
  if (databases === undefined || databases === "auto" || databases === "copy") return undefined;
  if (typeof databases !== "object" || databases === null || Array.isArray(databases)) {
    return `databases: neither "auto" nor "copy" nor an object of databases by name`;
  }
  for (const [name, source] of Object.entries(databases)) {
    const isSource = typeof source === "object" && source !== null && typeof source.backup === "function";
    if (!isSource) return `databases: ${JSON.stringify(name)} has no function backup(path)`;
    if (!isInnerPath(name)) {
      return `databases: ${JSON.stringify(name)} is no path in the data directory`;
    }
  }
  return undefined;
}

/** Whether a name is one that an entry may have: "./app.db" would never be met. */
function isInnerPath(name: string): boolean {
  return name.split("/").every((part) => part !== "" && part !== "." && part !== ".." && !part.includes("\\"));
}
