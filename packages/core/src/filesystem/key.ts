import { StowageError } from "../errors.ts";

/** The most bytes of a key that a user may give, in UTF-8. */
export const MAX_KEY_SIZE = 200;
/** The most bytes that prefixes may add in front of a key, all together. */
export const MAX_PREFIX_SIZE = 40;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const FORBIDDEN = /[/\\\u0000-\u001f\u007f]/;

/**
 * Throws `INVALID_KEY` unless `key` is 1–200 bytes of well-formed UTF-8 without `/`, `\`, control
 * characters and a leading dot.
 *
 * No separators means no path traversal. No leading dot leaves those names to drivers and to the lock.
 */
export function assertValidKey(key: unknown): asserts key is string {
  const flaw = flawOf(key);
  if (flaw !== undefined) throw new StowageError("INVALID_KEY", `the key is not valid: ${flaw}`);
}

/** Whether {@link assertValidKey} accepts the key. */
export function isValidKey(key: unknown): key is string {
  return flawOf(key) === undefined;
}

/** Throws `INVALID_ARGUMENT` unless keys may start with `prefix`. The empty prefix is every key's. */
export function assertValidPrefix(prefix: unknown): asserts prefix is string {
  const flaw = prefix === "" ? undefined : flawOf(prefix);
  if (flaw !== undefined) throw new StowageError("INVALID_ARGUMENT", `prefix: no key can start so: ${flaw}`);
}

function flawOf(key: unknown): string | undefined {
  if (typeof key !== "string") return "it is not a string";
  if (key === "") return "it is empty";
  if (key.startsWith(".")) return "it starts with a dot";
  if (FORBIDDEN.test(key)) return "it holds a slash, a backslash or a control character";
  if (!key.isWellFormed()) return "it holds half of a surrogate pair";
  // No UTF-16 unit needs more than three bytes.
  if (key.length * 3 > MAX_KEY_SIZE && Buffer.byteLength(key) > MAX_KEY_SIZE)
    return `it is longer than ${MAX_KEY_SIZE} bytes`;
  return undefined;
}

/** Orders keys, and names of entries, by their UTF-8 bytes, without making these. JavaScript's own order differs behind the basic plane. */
export function compareKeys(left: string, right: string): number {
  const shorter = Math.min(left.length, right.length);
  for (let index = 0; index < shorter; index++) {
    const [leftUnit, rightUnit] = [left.charCodeAt(index), right.charCodeAt(index)];
    if (leftUnit !== rightUnit) return rankOf(leftUnit) - rankOf(rightUnit);
  }
  return left.length - right.length;
}

/** UTF-16 puts what takes two units, and four bytes, before U+E000–U+FFFF, which take three bytes. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
