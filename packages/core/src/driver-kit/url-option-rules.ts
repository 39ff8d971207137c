import { assertOptions, type OptionsContext } from "../options/assert-options.ts";
import type { OptionRule, TextRule } from "../options/option-rules.ts";

/** A part of an option that is an object: its rule, and the parameter of a URL that gives it. */
export interface PartRule extends TextRule {
  readonly parameter: string;
  /** Whether the option is none without it. */
  readonly isRequired?: boolean;
}

/** An option that is an object of parts. */
export interface PartedRule<Parts> extends OptionRule {
  readonly parts: { readonly [Name in keyof Parts]-?: PartRule };
}

/** An option that no parameter of a URL gives. */
interface UnwrittenRule extends OptionRule {
  /** Where it comes from instead, in words that follow its name: "is the host of the URL". */
  readonly notInUrl: string;
}

/**
 * What each option of a driver must be, and how a URL gives it: by a parameter of its name, by one for each of its parts, or not,
 * which needs a reason. A new option without one of the three is an error of types.
 */
export type UrlOptionRules<Options> = {
  readonly [Name in keyof Options]-?: TextRule | PartedRule<NonNullable<Options[Name]>> | UnwrittenRule;
};

/** {@link UrlOptionRules} of options that are not known here. */
export type AnyUrlOptionRules = Readonly<
  Record<string, TextRule | PartedRule<Record<string, unknown>> | UnwrittenRule>
>;

/** As `assertOptions`, the parts of options included. */
export function assertUrlOptions<Options extends object>(
  options: Options,
  rules: UrlOptionRules<Options>,
  context: OptionsContext,
): void {
  assertOptions(options, rules, context);
  for (const [name, rule] of Object.entries(rules as AnyUrlOptionRules)) {
    const value = (options as Readonly<Record<string, unknown>>)[name];
    if (value === undefined || !("parts" in rule)) continue;
    const required = Object.keys(rule.parts).filter((part) => rule.parts[part]?.isRequired);
    assertOptions(value, rule.parts, { code: context.code, within: name, required });
  }
}
