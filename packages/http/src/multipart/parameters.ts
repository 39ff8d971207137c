/** The value of a parameter. */
export interface Parameter {
  readonly value: string;
  readonly isQuoted: boolean;
}

const NAME = /[\w!#$%&'*+.^`|~-]+/y;
const PLAIN = /[^\s;"\\]+/y;

/**
 * Reads what stands behind the type of a header: `; name=value` in any order, each value a token or a quoted string in which a
 * backslash escapes a quote or a backslash (RFC 9110, 5.6.6). Undefined for anything else, and for a name that is there twice.
 *
 * Takes one pass: the header comes from whoever sends the request.
 */
export function parseParameters(text: string): ReadonlyMap<string, Parameter> | undefined {
  const parameters = new Map<string, Parameter>();
  let position = behindBlanks(text, 0);
  while (position < text.length) {
    if (text[position] !== ";") return undefined;
    position = behindBlanks(text, position + 1);
    if (position === text.length || text[position] === ";") continue;
    const name = matchAt(NAME, text, position)?.toLowerCase();
    if (name === undefined || parameters.has(name) || text[position + name.length] !== "=") return undefined;
    const start = position + name.length + 1;
    const end = text[start] === '"' ? behindQuoted(text, start) : start + (matchAt(PLAIN, text, start)?.length ?? 0);
    if (end <= start) return undefined;
    parameters.set(name, parameterOf(text.slice(start, end)));
    position = behindBlanks(text, end);
  }
  return parameters;
}

function parameterOf(text: string): Parameter {
  if (!text.startsWith('"')) return { value: text, isQuoted: false };
  return { value: text.slice(1, -1).replaceAll(/\\(["\\])/g, "$1"), isQuoted: true };
}

function matchAt(pattern: RegExp, text: string, position: number): string | undefined {
  pattern.lastIndex = position;
  return pattern.exec(text)?.[0];
}

function behindBlanks(text: string, position: number): number {
  let end = position;
  while (text[end] === " " || text[end] === "\t") end++;
  return end;
}

/** The position behind the closing quote; 0 if there is none. */
function behindQuoted(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '"') return index + 1;
    if (text[index] === "\\") index++;
  }
  return 0;
}
