import { StowageError } from "@stowage/core";
import {
  type AnyUrlOptionRules,
  nearestName,
  type PartRule,
  type TextRule,
  type UrlOptionRules,
} from "@stowage/core/driver";

const LOOKS_SECRET = /(key|secret|token|password|credential|signature)/i;

/**
 * Reads the options that the parameters of a URL give, by the driver's own rules. Throws `CONFIG_INVALID` for a parameter that is
 * unknown, there twice, or cannot be such a value. No error shows a value.
 */
export function optionsOfUrl<Options extends object>(url: URL, rules: UrlOptionRules<Options>): Partial<Options> {
  const given = valuesOf(url);
  assertKnown([...given.keys()], rules);
  const options: Record<string, unknown> = {};
  for (const [name, rule] of Object.entries(rules as AnyUrlOptionRules)) {
    if ("notInUrl" in rule) continue;
    const value = "parts" in rule ? partsOf(given, rule.parts) : valueAt(given, name, rule);
    if (value !== undefined) options[name] = value;
  }
  return options as Partial<Options>;
}

/** The parameters that a URL may have, by their order in the rules. */
export function parametersOf(rules: object): string[] {
  return Object.entries(rules as AnyUrlOptionRules).flatMap(([name, rule]) => {
    if ("notInUrl" in rule) return [];
    return "parts" in rule ? Object.values(rule.parts).map(({ parameter }) => parameter) : [name];
  });
}

type Values = ReadonlyMap<string, string>;

function valuesOf({ searchParams }: URL): Values {
  const values = new Map<string, string>();
  for (const [name, value] of searchParams) {
    if (values.has(name)) throw invalid(`${name}: the URL has it twice`);
    values.set(name, value);
  }
  return values;
}

function valueAt(given: Values, parameter: string, rule: TextRule): unknown {
  const text = given.get(parameter);
  if (text === undefined) return undefined;
  const value = rule.fromText(text);
  if (value === undefined || !rule.accepts(value)) throw invalid(`${parameter}: not ${rule.expected}`);
  return value;
}

/** An object of the parts that are given, or nothing without any. */
function partsOf(given: Values, rules: Readonly<Record<string, PartRule>>): object | undefined {
  const parts = Object.entries(rules).map(([name, rule]) => ({
    ...rule,
    name,
    value: valueAt(given, rule.parameter, rule),
  }));
  const there = parts.filter(({ value }) => value !== undefined);
  const [first] = there;
  if (first === undefined) return undefined;
  const missing = parts.find(({ isRequired, value }) => isRequired && value === undefined);
  if (missing) throw invalid(`${first.parameter}: ${missing.parameter} is missing`);
  return Object.fromEntries(there.map(({ name, value }) => [name, value]));
}

function assertKnown(given: readonly string[], rules: object): void {
  const known = parametersOf(rules);
  const unknown = given.filter((name) => !known.includes(name));
  const [first] = unknown;
  if (first === undefined) return;
  if (unknown.some((name) => LOOKS_SECRET.test(name)))
    throw invalid("url: credentials do not belong into it; give them by the environment");
  const rule = Object.hasOwn(rules, first) ? (rules as AnyUrlOptionRules)[first] : undefined;
  if (rule && "notInUrl" in rule) throw invalid(`url: ${first} ${rule.notInUrl}, and no parameter`);
  const takes = known.length === 0 ? "it takes none" : `it takes ${known.join(", ")}`;
  const meant = unknown.map((name) => nearestName(name, known)).filter((name) => name !== undefined);
  const advice = meant.length === 0 ? "" : `; did you mean ${meant.join(", ")}?`;
  throw invalid(`url: unknown parameter ${unknown.join(", ")}; ${takes}${advice}`);
}

function invalid(message: string): StowageError {
  return new StowageError("CONFIG_INVALID", message);
}
