/** Changes the value of a field. */
export type Modifier = (value: unknown) => unknown;

const PREFIX = "excerpt(";
const TRUE: ReadonlySet<string> = new Set(["1", "t", "T", "true", "TRUE", "True"]);

/** Reads `excerpt(max, withEllipsis?)`, the one modifier there is. Undefined for anything else. Takes one pass. */
export function parseModifier(text: string): Modifier | undefined {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX) || !trimmed.endsWith(")")) return undefined;
  const [max = "", withEllipsis = "", ...more] = trimmed.slice(PREFIX.length, -1).split(",", 3);
  if (more.length > 0 || /[()]/.test(withEllipsis)) return undefined;
  const count = max.trim();
  if (!/^[0-9]{1,9}$/.test(count) || Number(count) === 0) return undefined;
  const hasEllipsis = TRUE.has(withEllipsis.trim());
  return (value) => (typeof value === "string" ? excerpt(value, Number(count), hasEllipsis) : value);
}

/** The plain text of a value, without HTML tags, cut after `max` characters. */
function excerpt(value: string, max: number, withEllipsis: boolean): string {
  const text = value
    .replaceAll(/<[^<>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  const characters = [...text];
  if (characters.length <= max) return text;
  const cut = characters.slice(0, max).join("").trim();
  return withEllipsis ? `${cut}...` : cut;
}
