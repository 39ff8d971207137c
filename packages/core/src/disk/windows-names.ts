/** As the name of a file or directory, or what stands before its first dot. The superscripts count as digits there. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])$/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const FORBIDDEN = /[<>"|?*\\\u0000-\u001f]/;
const NAME_LENGTH_MAX = 255;

export type WindowsNameProblem =
  | "name-stream"
  | "name-forbidden-character"
  | "name-trailing-dot-or-blank"
  | "name-device"
  | "name-component-too-long";

/**
 * Says why Windows has no file or directory of a "/"-separated name, as a stable word; nothing if it may have one. From "Naming
 * Files, Paths, and Namespaces" of Microsoft. Pure.
 */
export function windowsNameProblem(name: string): WindowsNameProblem | undefined {
  for (const part of name.split("/")) {
    const problem = problemOf(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function problemOf(part: string): WindowsNameProblem | undefined {
  if (part.includes(":")) return "name-stream"; // what follows would be written into a stream of another file
  if (FORBIDDEN.test(part)) return "name-forbidden-character";
  if (/[. ]$/.test(part)) return "name-trailing-dot-or-blank"; // Win32 drops them, and would write another file
  if (DEVICE.test(part.split(".", 1)[0]?.trimEnd() ?? "")) return "name-device";
  return part.length > NAME_LENGTH_MAX ? "name-component-too-long" : undefined;
}
