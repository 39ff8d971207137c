import { classifyByRules, DISK_FAILURES, factsOfError } from "@stowage/core/driver";

/** Says what an error of `node:fs` means. Pure. */
export const classify = classifyByRules(DISK_FAILURES, factsOfError);
