import { classifyByRules, DISK_FAILURES, type ErrorFacts, type ErrorRule, factsOfError } from "@stowage/core/driver";

/** `memfs` takes its codes from `node:fs`. A buffer that cannot be had is a RangeError. */
const RULES: readonly ErrorRule<ErrorFacts>[] = [...DISK_FAILURES, { when: { name: "RangeError" }, means: "NO_SPACE" }];

/** Says what an error of the volume means. Pure. */
export const classify = classifyByRules(RULES, factsOfError);
