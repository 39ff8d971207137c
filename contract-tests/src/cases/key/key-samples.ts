import type { CaseContext } from "../../case/case-context.ts";

/** Keys to try: `title` continues "a key …". */
export interface KeySample<T> {
  readonly id: string;
  readonly title: string;
  readonly make: T;
}

const ends = (end: string) => (context: CaseContext) => context.key(end);
const starts = (start: string) => (context: CaseContext) => context.keyStartingWith(start);
/** No driver may read one of them back as a slash, a colon or whatever it stands for. */
const ESCAPES = "a%2Fb%2f%3A%3a%2A%2a%3F%3f%22%3C%3c%3E%3e%7C%7c%5C%5c%25%2e=3A=3a_3A_x003a_~3a!3a&#58;&colon;";
const filled = (character: string) => (context: CaseContext) => {
  const free = 200 - context.prefix.length;
  const count = Math.floor(free / Buffer.byteLength(character));
  return context.key(
    character.repeat(count).padEnd(count * character.length + (free % Buffer.byteLength(character)), "x"),
  );
};

/** Each goes through write, stat, read, list and delete. */
export const ACCEPTED_KEYS: readonly KeySample<(context: CaseContext) => string>[] = [
  { id: "plain", title: "of letters and a dot", make: ends("backup.zip") },
  { id: "digits", title: "that ends with a number", make: ends("20240131") },
  { id: "inner-dots", title: "with two dots, dashes and underscores inside", make: ends("a..b--c__d.zip") },
  { id: "trailing-dot", title: "that ends with a dot", make: ends("a.") },
  { id: "unicode", title: "in several scripts", make: ends("отчёт-報告-தரவு.zip") },
  { id: "astral", title: "with characters behind the basic plane", make: ends("📦-𝔷𝔦𝔭") },
  { id: "combining", title: "with combining characters", make: ends("a\u0323\u0307-नि") },
  { id: "right-to-left", title: "written from right to left", make: ends("\u202bنسخة-גיבוי") },
  { id: "spaces", title: "with spaces", make: ends("a  b ") },
  { id: "leading-space", title: "that starts with a space", make: starts(" ") },
  {
    id: "lookalikes",
    title: "with characters that look like others or like none",
    make: ends("a\u00a0b\u3000c\u200bd\u200de\u00adf\u2060g\u2028h\ufb01\u2460\uff21\u2126\u212a\u017f\u00a0"),
  },
  { id: "percent-20", title: "with %20", make: ends("a%20b") },
  { id: "percent-2f", title: "with what stands for characters elsewhere", make: ends(ESCAPES) },
  { id: "percent-malformed", title: "with a percent sign that encodes nothing", make: ends("100%Q%") },
  { id: "leading-percent", title: "that starts with %2e%2e", make: starts("%2e%2e%2f") },
  { id: "plus", title: "with a plus", make: ends("a+b") },
  { id: "hash", title: "with a hash", make: ends("a#b") },
  { id: "question-mark", title: "with a question mark", make: ends("a?b") },
  { id: "ampersand", title: "with an ampersand and an equals sign", make: ends("a&b=c&amp;") },
  { id: "semicolon", title: "with semicolons and colons", make: ends("a;b:c;") },
  { id: "quotes", title: "with quotes", make: ends(`a'b"c\`d`) },
  { id: "angle-brackets", title: "with angle brackets", make: ends("a<b>c]]><Key>") },
  { id: "globs", title: "with what shells expand", make: ends("*[a]{b,c}$HOME|!(d)") },
  { id: "leading-dash", title: "that starts with a dash", make: starts("-rf ") },
  { id: "leading-tilde", title: "that starts with a tilde", make: starts("~") },
  { id: "leading-at", title: "that starts with an at sign", make: starts("@") },
  { id: "byte-order-mark", title: "that starts with a byte order mark", make: starts("\ufeff") },
  { id: "200-bytes", title: "of 200 bytes", make: filled("a") },
  { id: "200-bytes-unicode", title: "of 200 bytes in fewer characters", make: filled("語") },
];

/** Each pair must be two objects. */
export const TWIN_KEYS: readonly KeySample<readonly [string, string]>[] = [
  { id: "letter-case", title: "in upper and lower case", make: ["Backup.zip", "backup.ZIP"] },
  { id: "normalization", title: "in their Unicode normalization", make: ["caf\u00e9", "cafe\u0301"] },
  { id: "encoding", title: "in percent-encoding", make: ["a b", "a%20b"] },
];

/** Each must be refused by every method. */
export const REFUSED_KEYS: readonly KeySample<readonly unknown[]>[] = [
  { id: "empty", title: "that is empty", make: [""] },
  { id: "dot", title: "that is a dot or two", make: [".", ".."] },
  { id: "leading-dot", title: "that starts with a dot", make: [".hidden", "..a"] },
  { id: "slash", title: "with a slash", make: ["/", "a/b", "../a", "a/"] },
  { id: "backslash", title: "with a backslash", make: ["\\", "a\\b", "..\\a"] },
  { id: "nul", title: "with a NUL", make: ["\u0000", "a.zip\u0000.txt"] },
  { id: "line-break", title: "with a line break", make: ["a\r\nb", "a\n"] },
  { id: "control-characters", title: "with a control character", make: controlCharacters() },
  { id: "lone-surrogate", title: "with half of a surrogate pair", make: ["a\ud800", "\udc00b", "\udc00\ud800"] },
  { id: "201-bytes", title: "of 201 bytes", make: ["a".repeat(201)] },
  { id: "201-bytes-unicode", title: "of 201 bytes in fewer characters", make: [`${"é".repeat(100)}a`] },
  { id: "non-string", title: "that is no string", make: [undefined, null, 42, true, {}, ["a"], Symbol("a")] },
];

function controlCharacters(): string[] {
  const codes = [...Array.from({ length: 31 }, (_, index) => index + 1), 0x7f];
  return codes.map((code) => `a${String.fromCharCode(code)}b`);
}
