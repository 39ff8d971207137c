/**
 * Returns the fenced blocks of a Markdown text as `{ language, text, line, takenFrom }`, where `line` is the line
 * of the fence, and `takenFrom` is the file named by a comment above it: `<!-- taken from examples/… -->`.
 */
export function blocksOf(markdown) {
  const blocks = [];
  const lines = markdown.split("\n");
  for (let index = 0; index < lines.length; index += 1) {
    const fence = lines[index].match(/^( *)(`{3,})(\w*)/);
    if (fence === null) continue;
    const [, indent, ticks, language] = fence;
    const end = lines.findIndex((text, at) => at > index && text.startsWith(indent + ticks));
    if (end === -1) throw new Error(`the block of line ${index + 1} has no end`);
    const text = lines.slice(index + 1, end).map((row) => row.slice(indent.length));
    const takenFrom = lines[index - 1]?.match(/^ *<!-- taken from (\S+) -->$/)?.[1];
    blocks.push({ language, text: `${text.join("\n")}\n`, line: index + 1, takenFrom });
    index = end;
  }
  return blocks;
}

/**
 * Joins the TypeScript blocks of one text into programs: a block that imports nothing continues the one before,
 * so that a text may go on where it stopped.
 */
export function programsOf(blocks) {
  const programs = [];
  for (const { language, text, line } of blocks) {
    if (language !== "ts" && language !== "typescript") continue;
    const continues = programs.length > 0 && !/^import\b/m.test(text);
    if (continues) programs.at(-1).text += text;
    else programs.push({ text, line });
  }
  return programs;
}

/** Finds the blocks that are not word for word in the file that they name. `read` returns undefined for no file. */
export function quotationProblems(path, blocks, read) {
  return blocks.flatMap(({ text, line, takenFrom }) => {
    if (takenFrom === undefined) return [];
    const source = read(takenFrom);
    if (source === undefined) return [`${path}:${line} is taken from ${takenFrom}, which does not exist`];
    return source.includes(text) ? [] : [`${path}:${line} is not what ${takenFrom} says`];
  });
}
