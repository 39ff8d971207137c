import { type Context, createContext, Script } from "node:vm";
import { invalidArchive } from "../format/invalid-archive.ts";
import { matching } from "./exclusions.ts";

/** Milliseconds that the globs of one archive may take, whatever they are matched with. */
const START_MS = 1_000;
/** Milliseconds on top, for each name and each match of a path with a glob: about ten times of what they take. */
const NAME_MS = 1;
const MATCH_MS = 0.05;
/** Steps of all globs together for one name, which can be waited for. */
const STEPS_MAX = 10_000_000;

/** What a glob may hold so that the number of its choices is that of its stars and braces. */
const COUNTABLE = /^[^()[\]+|\\^$]*$/;

interface Glob {
  /** The longest name that it is quick with, however unlucky. */
  readonly quickLength: number;
  matches(name: string): boolean;
}

/**
 * Returns the test of `matching` for globs that a stranger may have written: an expression that takes ages is stopped. Both this and
 * the test throw `INVALID_ARCHIVE`, `left-out-record`, if they take much longer than honest globs do.
 */
export function matchingOfRecord(globs: readonly string[]): (name: string) => boolean {
  const time = new TimeLimit(START_MS);
  const compiled = time.cut(() => globs.map((glob) => compile(glob, globs.length)));
  return (name) => {
    time.extend(NAME_MS + MATCH_MS * globs.length * name.split("/").length); // a glob covers what is below its match
    const slow: Glob[] = [];
    const isMatched = time.count(() => {
      for (const glob of compiled) {
        if (name.length > glob.quickLength) slow.push(glob);
        else if (glob.matches(name)) return true;
      }
      return false;
    });
    return isMatched || (slow.length > 0 && time.cut(() => slow.some((glob) => glob.matches(name))));
  };
}

function compile(glob: string, count: number): Glob {
  return { quickLength: quickLengthOf(glob, STEPS_MAX / count), matches: matching([glob]) };
}

/** A star has as many choices as the name has characters, and a brace at most as many as the glob. */
function quickLengthOf(glob: string, steps: number): number {
  if (!COUNTABLE.test(glob)) return 0;
  const choices = glob.match(/\*+|\{/g)?.length ?? 0;
  if (choices === 0) return Number.POSITIVE_INFINITY;
  const length = steps ** (1 / choices);
  return glob.length > length ? 0 : length;
}

/** Time that may be taken, bit by bit. */
class TimeLimit {
  #leftMs: number;
  #context: Context | undefined;
  readonly #script = new Script("work()");

  constructor(ms: number) {
    this.#leftMs = ms;
  }

  extend(ms: number): void {
    this.#leftMs += ms;
  }

  /** Takes off what some work takes, and throws once nothing is left. */
  count<T>(work: () => T): T {
    const startedAt = performance.now();
    const result = work();
    this.#leftMs -= performance.now() - startedAt;
    if (this.#leftMs < 0) throw tooLong();
    return result;
  }

  /** The same, and stops the work when its time is over: also an expression that is being matched. Takes 0.1 ms of its own. */
  cut<T>(work: () => T): T {
    const results: T[] = [];
    this.#context ??= createContext();
    this.#context.work = () => {
      results.push(work());
    };
    return this.count(() => {
      try {
        this.#script.runInContext(this.#context as Context, { timeout: Math.ceil(Math.max(this.#leftMs, 1)) });
      } catch (error) {
        throw isTimeout(error) ? tooLong(error) : error;
      }
      return results[0] as T;
    });
  }
}

/** Its class is that of another context. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" && error !== null && "code" in error && error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}

function tooLong(cause?: unknown): Error {
  const message = `the globs of what it left out take too long to match (.stowage/left-out.json); nothing was touched. extract() writes what it holds into another directory`;
  return invalidArchive("left-out-record", message, { cause });
}
