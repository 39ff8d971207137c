import type { ArchiveReason } from "./invalid-archive.ts";

const NAME_SIZE = 4096;
const COMPONENT_SIZE = 255;
const DEPTH = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f]/;
const DRIVE = /^[A-Za-z]:/;
/** One to 128 components of 1–255 characters of ASCII, none of which starts with a dot or holds a backslash or a colon. */
const PLAIN = /^(?:[!--0-9;-[\]-~][ -.0-9;-[\]-~]{0,254}\/){0,127}[!--0-9;-[\]-~][ -.0-9;-[\]-~]{0,254}\/?$/;

/**
 * Says why a name is not safe to restore, or nothing. A name is relative and "/"-separated, and ends in "/" for a directory.
 * The same rule holds for an archive that is read and for a directory that is backed up. No name is ever repaired.
 */
export function nameProblem(name: string): ArchiveReason | undefined {
  if (name.length <= NAME_SIZE && PLAIN.test(name)) return undefined; // nearly all names; the rest says what is wrong
  if (name === "") return "name-empty";
  if (isLongerThan(name, NAME_SIZE)) return "name-too-long";
  if (CONTROL_CHARACTER.test(name)) return "name-control-character";
  if (name.includes("\\")) return "name-backslash";
  if (name.startsWith("/")) return "name-absolute";
  if (DRIVE.test(name)) return "name-drive";
  const components = withoutSlash(name).split("/");
  if (components.length > DEPTH) return "name-too-deep";
  for (const component of components) {
    if (component === "") return "name-empty-segment";
    if (component === "." || component === "..") return "name-dot-segment";
    if (isLongerThan(component, COMPONENT_SIZE)) return "name-component-too-long";
  }
  return undefined;
}

/** Returns the name without the "/" that ends the name of a directory. */
export function withoutSlash(name: string): string {
  return name.endsWith("/") ? name.slice(0, -1) : name;
}

function isLongerThan(text: string, size: number): boolean {
  if (text.length * 3 <= size) return false; // no UTF-16 unit needs more than three bytes
  return Buffer.byteLength(text) > size;
}
