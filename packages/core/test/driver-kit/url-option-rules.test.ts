import { expect, it } from "vitest";
import { assertUrlOptions, type UrlOptionRules } from "../../src/driver-kit/url-option-rules.ts";
import { rule } from "../../src/options/option-rules.ts";

interface Options {
  readonly name?: string | undefined;
  readonly key?: { readonly id?: string | undefined; readonly size?: number };
  readonly client?: object;
}

const RULES: UrlOptionRules<Options> = {
  name: rule.text,
  key: {
    ...rule.object,
    parts: {
      id: { ...rule.text, parameter: "keyId", isRequired: true },
      size: { ...rule.wholeNumber(1), parameter: "keySize" },
    },
  },
  client: { ...rule.object, notInUrl: "is an object" },
};

const check = (options: object) => () => assertUrlOptions(options, RULES, { code: "CONFIG_INVALID" });

it.each([
  {},
  { name: "a" },
  { key: undefined },
  { key: { id: "a" } },
  { key: { id: "a", size: undefined } },
  { client: {} },
])("%j is taken", (options) => expect(check(options)).not.toThrow());

it.each([
  [{ nam: "a" }, /^nam: no such option; did you mean name\?$/],
  [{ key: 7 }, /^key: not an object/],
  [{ key: [] }, /^key: not an object/],
  [{ key: {} }, /^key\.id: it is missing$/],
  [{ key: { id: "a", sise: 1 } }, /^key\.sise: no such option; did you mean size\?$/],
  [{ key: { id: "a", size: 0 } }, /^key\.size: not a whole number from 1 on$/],
  [{ client: "a" }, /^client: not an object$/],
])("%j is refused by name", (options, message) => {
  expect(check(options)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(message) }),
  );
});

it.each([
  [rule.flag, "true", true],
  [rule.flag, "false", false],
  [rule.flag, "constructor", undefined],
  [rule.flag, "", undefined],
  [rule.text, "a", "a"],
  [rule.text, "", undefined],
  [rule.wholeNumber(0), "007", 7],
  [rule.wholeNumber(0), "1e3", undefined],
  [rule.wholeNumber(0), " 7", undefined],
  [rule.wholeNumber(0), "-7", undefined],
  [rule.milliseconds, "Infinity", Number.POSITIVE_INFINITY],
  [rule.oneOf("a", "b"), "b", "b"],
])("a text is read as a rule says: %j, %j", ({ fromText }, text, value) => {
  expect(fromText(text)).toBe(value);
});
