/** What differs from run to run or from machine to machine, and what stands for it. The order counts. */
const PLACEHOLDERS = [
  [/\bCRC [0-9a-f]+, expected [0-9a-f]+/g, "CRC ‹id›, expected ‹id›"],
  [/'(?:[^'\n]{2,})'(?= -> |$|[\s,;:)])/g, "‹path›"],
  [/(?:file|https?|s3|gs):\/\/[^\s,;)]*/g, "‹url›"],
  [/(?<![\w‹<`"])(?:\/[\p{L}\p{M}\w.@+\-😀]+){2,}\/?(?: 😀[\w.]*)?/gu, "‹path›"],
  [/\b[A-Za-z]:\\[^\s,;)]*/g, "‹path›"],
  [/\bE[A-Z0-9]{2,}: [^,;]+, \w+(?: ‹path›)?(?: -> ‹path›)?/g, "‹error of the disk›"],
  [/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "‹time›"],
  [/\b(?=[0-9-]*[a-f])[0-9a-f]{8}[0-9a-f-]*\b/g, "‹id›"],
  [/\b[a-z_-]+\d{8,}[\w-]*\.zip\b/g, "‹name›"],
];
/** What a call of a manager or filesystem puts before a message, and a mirror before those of its parts. */
const CALLS =
  "create|prune|schedule|copy backups|open an entry of|restore|verify|extract|upload|download|delete|rename|recover|open|close|list|read|write|stat|confirm the restore of|" +
  "list the entries of|look for(?: previous data| an interrupted restore)?|roll back|sign a URL of";
const CALL = new RegExp(String.raw`^(?:cannot (?:${CALLS})(?: "(?:[^"\\]|\\.)*")?|[a-z]+-\d+): (?=.)`);
const QUOTED = /(\S* ?)("(?:[^"\\\n]|\\.)*")/g;
const NUMBER = /(?<![\w‹.])-?(?!0x)\d(?:[\d,.]*\d)?/g;

/**
 * Returns a message with placeholders for what it is about, and without the call that failed. A number or a text in quotes stays if
 * the `sources` have it with the words beside it.
 */
export function normalised(message, sources) {
  let text = message.replace(/\s+/g, " ").trim();
  for (let call = CALL.exec(text); call; call = CALL.exec(text)) text = text.slice(call[0].length);
  text = ` ${text}`.replace(QUOTED, (whole, before) =>
    before.trim() !== "" && sources.includes(whole) ? whole : `${before}‹name›`,
  );
  for (const [pattern, placeholder] of PLACEHOLDERS) text = text.replace(pattern, placeholder);
  text = text.replace(NUMBER, (number, position) => (isConstant(text, number, position, sources) ? number : "‹n›"));
  text = text.replace(/‹name›(?:(?:,| and|, and) ‹name›)+/g, "‹names›");
  return text.trim();
}

/** Says whether a message is one of the `sources`, and not of what a test throws: most of its words stand there in this order. */
export function isOwn(text, sources) {
  const words = text.split(/‹[^›]*›|\s+/).filter(Boolean);
  const runs = words.slice(2).map((word, index) => `${words[index]} ${words[index + 1]} ${word}`);
  const found = runs.filter((run) => sources.includes(run)).length;
  return runs.length > 0 && found * 2 >= runs.length;
}

function isConstant(text, number, position, sources) {
  const before = /\S* ?$/.exec(text.slice(0, position))?.[0] ?? "";
  const behind = /^ ?[^\s;:,)]*/.exec(text.slice(position + number.length))?.[0] ?? "";
  const ends = behind === "" ? ["`", '"'] : [behind];
  return /[A-Za-z]/.test(before + behind) && ends.some((end) => sources.includes(before + number + end));
}
