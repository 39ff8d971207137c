import { type ErrorCode, StowageError } from "../errors.ts";
import { nearestName } from "./nearest-name.ts";
import type { OptionRule, OptionRules } from "./option-rules.ts";

export interface OptionsContext {
  /** `CONFIG_INVALID` for the options of a constructor, `INVALID_ARGUMENT` for those of a method. */
  readonly code: Extract<ErrorCode, "CONFIG_INVALID" | "INVALID_ARGUMENT">;
  /** What the names are shown below, such as "limits". */
  readonly within?: string;
  /** The options that must be there. */
  readonly required?: readonly string[];
  /** What to write in place of something that is no options object: `create({ name: "x.zip" })`. */
  readonly example?: string;
}

const MOST_LISTED = 10;
const LONGEST_SHOWN = 60;

/**
 * Throws unless `options` is an object that holds names of `rules` only, each with a value that its rule accepts. The message
 * names the wrong name and the one that is meant, if one is near; never a value. What is undefined counts as left out.
 */
export function assertOptions(
  options: unknown,
  rules: Readonly<Record<string, OptionRule>>,
  context: OptionsContext,
): void {
  assertObject(options, context);
  const names = Object.keys(rules);
  for (const name of Object.keys(options)) {
    if (!Object.hasOwn(rules, name) && options[name] !== undefined) throw unknown(name, names, context);
  }
  for (const [name, { accepts, expected }] of Object.entries(rules)) {
    const value = options[name]; // may be inherited
    if (value === undefined && context.required?.includes(name)) throw wrong(context, name, "it is missing");
    if (value !== undefined && !accepts(value)) throw wrong(context, name, `not ${expected}`);
  }
}

/** What was given of the options that there are, inherited ones too, to be spread over defaults. */
export function givenOptions<Options extends object>(options: Options, rules: OptionRules<Options>): Options {
  const names = Object.keys(rules) as (keyof Options)[];
  return Object.fromEntries(
    names.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])),
  ) as Options;
}

/** Throws for a name that is none of `names`, as `assertOptions` does. */
export function assertKnownName(name: unknown, names: readonly string[], what: string): void {
  if (names.includes(name as string)) return;
  throw new StowageError("INVALID_ARGUMENT", `${shown(name)}: no such ${what}; ${hint(name, names)}`);
}

/** An array, a signal or a text in place of options would have no effect, and nobody would notice. */
function assertObject(options: unknown, context: OptionsContext): asserts options is Record<string, unknown> {
  const isSignal = options instanceof AbortSignal;
  if (typeof options === "object" && options !== null && !Array.isArray(options) && !isSignal) return;
  const name = context.within ?? "options";
  const example = isSignal ? "{ signal }" : context.example;
  const advice = example === undefined ? "" : `; write ${example}`;
  throw new StowageError(context.code, `${name}: not an object${advice}`);
}

function unknown(name: string, names: readonly string[], context: OptionsContext): StowageError {
  return wrong(context, shown(name), `no such option; ${hint(name, names)}`);
}

function wrong({ code, within }: OptionsContext, name: string, why: string): StowageError {
  return new StowageError(code, `${within === undefined ? name : `${within}.${name}`}: ${why}`);
}

function hint(name: unknown, names: readonly string[]): string {
  const nearest = typeof name === "string" ? nearestName(name, names) : undefined;
  if (nearest !== undefined) return `did you mean ${nearest}?`;
  if (names.length === 0) return "there are none";
  return names.length <= MOST_LISTED ? `there are ${names.join(", ")}` : "see the README for all of them";
}

function shown(name: unknown): string {
  return typeof name === "string" ? name.slice(0, LONGEST_SHOWN) : `a ${typeof name}`;
}
