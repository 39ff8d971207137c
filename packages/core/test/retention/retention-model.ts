import type { RetentionPolicy } from "../../src/index.ts";

/** A backup of the model, whose name is already understood. */
export interface ModelBackup {
  readonly key: string;
  readonly at: number;
  readonly number: number;
  readonly kind: "generated" | "scheduled" | "other" | "foreign";
  readonly verdict: "good" | "bad" | "unknown";
}

type Unit = "hour" | "day" | "week" | "month" | "year";

/** Written from the sentences of `RetentionPolicy`, one backup at a time and by counting, not by walking down a list. */
export function keptByModel(backups: readonly ModelBackup[], policy: RetentionPolicy): Set<string> {
  const judged = backups.filter(({ kind }) => kind !== "foreign" && (kind !== "other" || policy.others));
  const zone = policy.timezone ?? "UTC";
  const rules: [number | undefined, (backup: ModelBackup) => string, (backup: ModelBackup) => boolean][] = [
    [policy.keepLast, ({ key }) => key, () => true],
    [policy.keepHourly, ({ at }) => startOf(at, "hour", zone), () => true],
    [policy.keepDaily, ({ at }) => startOf(at, "day", zone), () => true],
    [policy.keepWeekly, ({ at }) => startOf(at, "week", zone), () => true],
    [policy.keepMonthly, ({ at }) => startOf(at, "month", zone), () => true],
    [policy.keepYearly, ({ at }) => startOf(at, "year", zone), () => true],
    [policy.maxKeep, ({ key }) => key, ({ kind }) => kind === "scheduled"],
  ];
  const isKept = (backup: ModelBackup): boolean => {
    if (!judged.includes(backup)) return true;
    if (rules.some(([count, periodOf, applies]) => isNewestOf(backup, judged.filter(applies), count ?? 0, periodOf)))
      return true;
    if (
      policy.keepWithin !== undefined &&
      backup.at >= agoOf(Math.max(...judged.map(({ at }) => at)), policy.keepWithin)
    )
      return true;
    const saysOnlyOfScheduled = policy.keepWithin === undefined && rules.slice(0, -1).every(([count]) => !count);
    if (saysOnlyOfScheduled && backup.kind !== "scheduled") return true;
    const isFirstOf = (some: ModelBackup[]) => some.includes(backup) && some.every((other) => !isNewer(other, backup));
    return (
      isFirstOf(judged.filter(({ verdict }) => verdict !== "bad")) ||
      isFirstOf(judged.filter(({ verdict }) => verdict === "good"))
    );
  };
  return new Set(backups.filter(isKept).map(({ key }) => key));
}

/** Whether fewer than `count` periods with a good backup are newer, and nothing that counts in its own period is. */
function isNewestOf(
  backup: ModelBackup,
  among: readonly ModelBackup[],
  count: number,
  periodOf: (backup: ModelBackup) => string,
): boolean {
  if (!among.includes(backup) || count === 0) return false;
  const own = periodOf(backup);
  const newer = among.filter((other) => isNewer(other, backup));
  const goodPeriods = new Set(newer.filter(({ verdict }) => verdict !== "bad").map(periodOf));
  if (goodPeriods.has(own) || goodPeriods.size >= count) return false;
  const isRepeated = newer.some((other) => other.verdict === "bad" && periodOf(other) === own);
  return backup.verdict !== "bad" || !isRepeated;
}

function isNewer(left: ModelBackup, right: ModelBackup): boolean {
  if (left.at !== right.at) return left.at > right.at;
  return left.number === right.number ? left.key > right.key : left.number > right.number;
}

/** The first minute of the period, found by walking back from the time itself. */
function startOf(at: number, unit: Unit, timeZone: string): string {
  const text = clockIn(timeZone).format(at); // 2026-11-30 23:59:59
  const date = text.slice(0, 10);
  if (unit === "year") return date.slice(0, 4);
  if (unit === "month") return date.slice(0, 7);
  if (unit === "day") return date;
  if (unit === "hour") return `${text.slice(0, 13)} ${offsetOf(at, timeZone)}`;
  const monday = new Date(`${date}T12:00:00Z`);
  while (monday.getUTCDay() !== 1) monday.setUTCDate(monday.getUTCDate() - 1);
  return `week of ${monday.toISOString().slice(0, 10)}`;
}

function offsetOf(at: number, timeZone: string): number {
  const local = Date.parse(`${clockIn(timeZone).format(at).replace(" ", "T")}Z`);
  return Math.round((local - Math.floor(at / 1000) * 1000) / 60_000);
}

function agoOf(at: number, span: string): number {
  const amount = (unit: string) => Number(new RegExp(`(\\d+)${unit}`).exec(span)?.[1] ?? 0);
  const time = new Date(at);
  const months = time.getUTCFullYear() * 12 + time.getUTCMonth() - 12 * amount("y") - amount("m");
  let day = time.getUTCDate();
  while (new Date(Date.UTC(Math.floor(months / 12), months % 12, day)).getUTCMonth() !== months % 12) day -= 1;
  const midnight = Date.UTC(Math.floor(months / 12), months % 12, day);
  return midnight + (at % 86_400_000) - amount("d") * 86_400_000 - amount("h") * 3_600_000;
}

const clocks = new Map<string, Intl.DateTimeFormat>();

function clockIn(timeZone: string): Intl.DateTimeFormat {
  const known =
    clocks.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" });
  clocks.set(timeZone, known);
  return known;
}
