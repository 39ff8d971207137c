/**
 * From where better-sqlite3 is looked for: the program that runs, then the place of this package, which a bundle may not know. Not the
 * working directory.
 */
export function lookIn(): string[] {
  return [process.argv[1], import.meta.url].filter((place) => place !== undefined);
}
