import { isAbsolute, relative, sep } from "node:path";
import type { Platform } from "./platform.ts";

/** Returns the path of what has a "/"-separated name below a directory, in the form in which the system itself tells paths. */
export function pathBelow(directory: string, name: string): string {
  const path = `${directory}/${name}`; // "join" would take several times longer, for each of many files
  return sep === "/" ? path : path.replaceAll("/", sep);
}

/** Returns the "/"-separated name of what lies below a directory; with ".." at its beginning, or a path, for what lies elsewhere. */
export function nameFrom(directory: string, path: string): string {
  const name = relative(directory, path);
  return sep === "/" ? name : name.replaceAll(sep, "/");
}

/** The same, "" for the directory itself, and undefined for what lies elsewhere. */
export function nameWithin(directory: string, path: string): string | undefined {
  const name = nameFrom(directory, path);
  const isOutside = name === ".." || name.startsWith("../") || isAbsolute(name);
  return isOutside ? undefined : name;
}

/** A name or glob that a user gave, with "/" between its parts: where a backslash parts names too, it is taken for that and for nothing else. */
export function withSlashes(text: string, { partsAtBackslash }: Pick<Platform, "partsAtBackslash">): string {
  return partsAtBackslash ? text.replaceAll("\\", "/") : text;
}
