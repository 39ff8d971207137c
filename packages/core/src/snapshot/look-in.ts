/** From where better-sqlite3 is looked for, before the place of this package: the program that runs. Not the working directory. */
export function lookIn(): string[] {
  const program = process.argv[1];
  return program === undefined ? [] : [program];
}
