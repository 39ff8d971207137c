import { rule, type UrlOptionRules } from "@stowage/core/driver";
import type { LocalOptions } from "./local-options.ts";

/** What each option must be, and which parameter of a `file:` URL gives it. */
export const LOCAL_OPTION_RULES: UrlOptionRules<LocalOptions> = {
  directory: { ...rule.path, notInUrl: "is the path of the URL" },
  create: rule.flag,
};
