/** The places from which better-sqlite3 is looked for: the program that runs, then this package. Not the working directory. */
export function lookIn(): string[] {
  const program = process.argv[1];
  return [...(program === undefined ? [] : [program]), import.meta.url];
}
