import picomatch from "picomatch";
import { StowageError } from "../../errors.ts";

/** Names at the top of the data directory that belong to restores and to the file system. */
const EXCLUDED_ROOTS: ReadonlySet<string> = new Set([".stowage", "lost+found"]);

/** The most globs that a manager takes, and that an archive may name. */
const GLOBS_MAX = 1_000;
/** Characters of one of them. */
const GLOB_LENGTH_MAX = 1_024;

/** Says what is wrong with the size of a list of globs; undefined if nothing is. */
export function sizeProblem(globs: readonly string[]): string | undefined {
  if (globs.length > GLOBS_MAX) return `${globs.length} globs, at most ${GLOBS_MAX} expected`;
  const long = globs.find((glob) => glob.length > GLOB_LENGTH_MAX);
  return long && `a glob of ${long.length} characters, at most ${GLOB_LENGTH_MAX} expected`;
}

/** Returns a test for names that no backup holds and no restore writes: the fixed ones, and what a glob matches. */
export function excluding(globs: readonly string[]): (name: string) => boolean {
  const isMatched = matching(globs);
  return (name) => EXCLUDED_ROOTS.has(name.split("/", 1)[0] ?? name) || isMatched(name);
}

/**
 * Returns a test for names that a glob matches. A glob that matches a directory covers everything below it. Throws
 * `INVALID_ARGUMENT` for a glob that cannot mean what it says.
 */
export function matching(globs: readonly string[]): (name: string) => boolean {
  const matches = globs.map(compile);
  if (matches.length === 0) return () => false;
  const isMatched = (path: string) => matches.some((match) => match(path));
  return (name) => {
    for (let slash = name.indexOf("/"); slash > 0; slash = name.indexOf("/", slash + 1)) {
      if (isMatched(name.slice(0, slash))) return true;
    }
    return isMatched(name);
  };
}

/**
 * Throws for globs that a user must have meant otherwise: those that {@link matching} refuses, and those that no name matches,
 * with ".." or a backslash between names.
 */
export function assertGlobs(
  globs: readonly string[],
  { option, code }: { readonly option: string; readonly code: "CONFIG_INVALID" | "INVALID_ARGUMENT" },
): void {
  for (const glob of globs) {
    const pattern = patternOf(glob);
    const flaw = flawOf(pattern) ?? (isUnmatched(pattern) ? `must have "/" between names, and no ".."` : undefined);
    if (flaw !== undefined) throw new StowageError(code, `${option}: the glob ${JSON.stringify(glob)} ${flaw}`);
  }
}

function compile(glob: unknown): (path: string) => boolean {
  const shown = JSON.stringify(glob);
  if (typeof glob !== "string")
    throw new StowageError("INVALID_ARGUMENT", `exclude: a glob must be a string, not ${shown}`);
  const pattern = patternOf(glob);
  const flaw = flawOf(pattern);
  if (flaw !== undefined) throw new StowageError("INVALID_ARGUMENT", `exclude: the glob ${shown} ${flaw}`);
  return picomatch(pattern, { dot: true, windows: false });
}

function patternOf(glob: string): string {
  return glob.replace(/^\.\//, "").replace(/\/$/, "");
}

/** Neither would do what its author expects: "/a" matches nothing, "!a" everything but a. */
function flawOf(pattern: string): string | undefined {
  if (pattern === "") return "is empty";
  return pattern.startsWith("/") || /^!(?!\()/.test(pattern) ? "must be relative and not negated" : undefined;
}

/** A backslash takes a special meaning away, and letters and digits have none. */
function isUnmatched(pattern: string): boolean {
  return pattern.split("/").includes("..") || /\\[a-z0-9]/i.test(pattern);
}
