const LONGEST_NAME = 64;

/** So much of a name tells what it is the start of. */
const STEM_SIZE = 4;

/** The one of `names` that somebody most likely meant by `wrong`: about a third of it may be different, or all behind its start. */
export function nearestName(wrong: string, names: readonly string[]): string | undefined {
  if (wrong.length > LONGEST_NAME) return undefined;
  let nearest: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const name of names) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    const isNear = distance <= Math.max(1, Math.floor(Math.max(wrong.length, name.length) / 3));
    if (isNear && distance < least) [nearest, least] = [name, distance];
  }
  return nearest ?? names.find((name) => isStem(name, wrong) || isStem(wrong, name));
}

function isStem(stem: string, name: string): boolean {
  return stem.length >= STEM_SIZE && name.toLowerCase().startsWith(stem.toLowerCase());
}

/** How many letters must be put in, left out, replaced or swapped with the next one: optimal string alignment. */
function editDistance(from: string, to: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const isSame = from[row - 1] === to[column - 1];
      const isSwapped = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        at(previous, column) + 1,
        at(current, column - 1) + 1,
        at(previous, column - 1) + (isSame ? 0 : 1),
        isSwapped ? at(beforePrevious, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
    }
    [beforePrevious, previous] = [previous, current];
  }
  return at(previous, to.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
