/** Where an entry was made, as far as its name tells. */
export type NameHost = "unix" | "fat" | "other";

/** Whether names that some programs write wrongly are taken as they are meant. */
export type NamePolicy = "strict" | "lenient";

export interface NameForm {
  readonly host: NameHost;
  readonly names: NamePolicy;
}

/** The name of an entry for the directory that all others lie in. */
export const ROOT = "./";

/**
 * Returns the name that an entry means: without "./" at its start, as all programs read it. "lenient" takes a backslash for "/" where DOS or
 * Windows made it, leaves out "/" at the start, and the carriage return in the Finder's `Icon\r`. What it returns is not yet safe.
 */
export function normalizedName(name: string, { host, names }: NameForm): string {
  const meant = names === "lenient" ? repaired(name, host) : name;
  if (meant === "/" || meant === ".") return ROOT;
  if (!meant.startsWith("./")) return meant;
  const rest = meant.replace(/^(?:\.\/)+/, "");
  return rest === "" || rest === "." ? ROOT : rest;
}

function repaired(name: string, host: NameHost): string {
  const slashed = host === "fat" ? name.replaceAll("\\", "/") : name;
  const relative = /^\/+$/.test(slashed) ? "/" : slashed.replace(/^\/+/, "");
  return relative.replace(/(^|\/)Icon\r(?=\/|$)/g, "$1Icon");
}
