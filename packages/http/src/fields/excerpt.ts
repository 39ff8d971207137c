/** Changes the value of a field. */
export type Modifier = (value: unknown) => unknown;

const EXCERPT = /^excerpt\(\s*([^,()]*?)\s*(?:,\s*([^,()]*?)\s*)?\)$/;
const TRUE: ReadonlySet<string | undefined> = new Set(["1", "t", "T", "true", "TRUE", "True"]);

/** Reads `excerpt(max, withEllipsis?)`, the one modifier there is. Undefined for anything else. */
export function parseModifier(text: string): Modifier | undefined {
  const match = EXCERPT.exec(text.trim());
  if (!match) return undefined;
  const [, max = "", withEllipsis] = match;
  if (!/^[0-9]{1,9}$/.test(max) || Number(max) === 0) return undefined;
  return (value) => (typeof value === "string" ? excerpt(value, Number(max), TRUE.has(withEllipsis)) : value);
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
