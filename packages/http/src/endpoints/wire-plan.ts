import type { RestorePlan } from "@stowage/core";

/** The most names of one kind. */
const SHOWN_MAX = 100;

/** What a restore would do. A problem is its code and its reason: a message may name paths. */
export function wirePlan({ problems, skipped, warnings, ...plan }: RestorePlan): object {
  return {
    ...plan,
    problems: problems.map(({ code, reason }) => ({ code, reason: reason ?? null })),
    ...shownOf("skipped", skipped),
    ...shownOf("warnings", warnings),
  };
}

/** The first of many names, each with its reason, and how many there are. */
export function shownOf(
  list: "skipped" | "warnings",
  entries: readonly { readonly name: string; readonly reason: string }[],
): object {
  const shown = entries.slice(0, SHOWN_MAX).map(({ name, reason }) => ({ name, reason }));
  return { [list]: shown, [list === "skipped" ? "skippedCount" : "warningCount"]: entries.length };
}
