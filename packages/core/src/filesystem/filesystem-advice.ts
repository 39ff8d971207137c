/** What to do with something that was given in place of a `Filesystem`, to follow a message; empty if nobody knows. */
export function filesystemAdvice(given: unknown): string {
  if (typeof given !== "object" || given === null) return "";
  if (given instanceof Promise) return "; it is a promise: await it, or give a function that returns it";
  const { classify } = given as { classify?: unknown };
  return typeof classify === "function" ? "; it is a driver: write new Filesystem(driver)" : "";
}
