import assert from "node:assert/strict";
import { inspect, isDeepStrictEqual } from "node:util";

/** Characters of a value that are shown, and entries of a list. */
const LONGEST_SHOWN = 200;
const MOST_SHOWN = 6;

/**
 * Asserts that two values are deeply equal, and says in one sentence what was asked, what came and what is promised. `asked` names
 * the answer, such as `the size that stat returns`. A difference of two lists of texts, which keys often are, is told.
 */
export function assertEqual(actual: unknown, expected: unknown, asked: string): void {
  if (isDeepStrictEqual(actual, expected)) return;
  const hint = isTexts(actual) && isTexts(expected) ? difference([...actual], [...expected]) : "";
  const message = `${asked}: ${shown(actual)} came, promised is ${shown(expected)}${hint}`;
  throw new assert.AssertionError({ message, actual, expected }); // with an operator Node adds a second text to the message
}

type Texts = readonly string[] | ReadonlySet<string>;

function isTexts(value: unknown): value is Texts {
  return (Array.isArray(value) || value instanceof Set) && [...value].every((entry) => typeof entry === "string");
}

function difference(found: readonly string[], expected: readonly string[]): string {
  const missing = expected.find((entry) => !found.includes(entry));
  if (missing !== undefined) return `, and ${shown(missing)} is missing`;
  const surplus = found.find((entry, index) => !expected.includes(entry) || found.indexOf(entry) !== index);
  if (surplus !== undefined) return `, and ${shown(surplus)} is too much`;
  const index = found.findIndex((entry, place) => entry !== expected[place]);
  return `, and ${shown(found[index])} comes where ${shown(expected[index])} belongs`;
}

function shown(value: unknown): string {
  if (isTexts(value) && [...value].length > MOST_SHOWN) return `a list of ${[...value].length}`;
  const options = { breakLength: Number.POSITIVE_INFINITY, compact: true };
  const text = typeof value === "string" ? JSON.stringify(value) : inspect(value, options).replaceAll("\n", " ");
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}
