import type { SeededRandom } from "@stowage/test-kit/random";

/** Times around the changes of all zones, every spelling, and what comes seldom. */
export const CHOSEN_EXPRESSIONS: readonly string[] = [
  ...[
    "30 2 * * *",
    "0 2 * * *",
    "59 1 * * *",
    "0 3 * * *",
    "15 2 * * *",
    "45 1 * * *",
    "1 0 * * *",
    "0 0 * * *",
    "59 23 * * *",
  ],
  ...[
    "*/30 2 * * *",
    "*/20 1-3 * * *",
    "0,30 0,1,2,3 * * *",
    "0 */2 * * *",
    "0 1-23/2 * * *",
    "30 */6 * * *",
    "* 2 * * *",
  ],
  ...[
    "0 * * * *",
    "30 * * * *",
    "15 * * * *",
    "*/15 * * * *",
    "* * * * *",
    "*/7 * * * *",
    "5,50 */1 * * *",
    "10 0-23 * * *",
  ],
  ...[
    "10 0-22 * * *",
    "10 1-23 * * *",
    "0 2 * * 0",
    "0 2 8-14 3 0",
    "30 1 1-7 11 0",
    "30 2 25-31 3,10 0",
    "45 2 1-7 4,10 0",
  ],
  ...[
    "0 4 1 * *",
    "0 4 31 * *",
    "0 4 29 2 *",
    "0 4 30 */2 *",
    "0 4 13 * 5",
    "0 4 1-7 * 1",
    "30 3 */10 * *",
    "0 12 * 12 1-5",
  ],
  ...["0 0 1 1 *", "0 0 1 * *", "0 0 * * 0", "0 0 * * 6", "23 5,17 * 1-3,11-12 */2", "*/59 */23 */31 */12 */6"],
  ...["50-59/3,0-5 2 * * *", "7 2,2,2-3 * * *", "+5 02 007 * +0", "0 1,2 * * 0,6", "0 2,3 * 3,4,10,11 0"],
];

/** An expression of any shape, half of the time in the night hours in which clocks are set. */
export function randomExpression(random: SeededRandom): string {
  const hours = random.between(1, 2) === 1 ? field(random, 0, 4, 23) : field(random, 0, 23, 23);
  const day = random.between(1, 2) === 1 ? "*" : field(random, 1, 28, 31);
  const month = random.between(1, 3) > 1 ? "*" : field(random, 1, 12, 12);
  const weekday = random.between(1, 2) === 1 ? "*" : field(random, 0, 6, 6);
  return [field(random, 0, 59, 59), hours, day, month, weekday].join(" ");
}

function field(random: SeededRandom, least: number, most: number, mostStep: number): string {
  const items = Array.from({ length: random.pick([1, 1, 1, 2, 4]) }, () => {
    const first = random.between(least, most);
    const range = `${first}-${random.between(first, most)}`;
    const step = random.between(1, Math.max(1, Math.floor(mostStep / 2)));
    return random.pick([`${first}`, `${first}`, range, `${range}/${step}`, `*/${step}`, "*"]);
  });
  return items.join(",");
}
