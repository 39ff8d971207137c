import { type ParsedName, parseName, readBackup } from "../backup-name.ts";
import { type Periods, periodsIn } from "./period.ts";
import { type RetentionPolicy, type Span, spanOf } from "./retention-policy.ts";

/** A backup as a list shows it. */
export interface ListedBackup {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  readonly modifiedAt: Date;
}

/** What becomes of a backup, and why. */
export interface RetentionDecision {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** The time in its name; that of its storage where the name has none. */
  readonly at: Date;
  readonly keep: boolean;
  /** Each rule that keeps it, with the period: "last 3", "daily 2026-11-30", "newest good". Of one that goes: "no rule keeps it". */
  readonly reasons: readonly string[];
}

/** What is known of the backups besides. */
export interface RetentionContext {
  readonly policy: RetentionPolicy;
  /** The start of generated names. */
  readonly namePrefix: string;
  /** Whether a check has found it damaged. It takes no place that a good one could have. */
  isKnownBad(key: string): boolean;
  /** Whether a check has found it whole. */
  isKnownGood(key: string): boolean;
  /** What stays whatever the policy says. */
  readonly keys?: ReadonlySet<string> | undefined;
}

interface Candidate extends ListedBackup, ParsedName {
  readonly isBad: boolean;
}

/** A rule that keeps the newest of each period. */
interface Rule {
  readonly count: number;
  periodOf(candidate: Candidate): string;
  reason(period: string): string;
}

const HOUR_MS = 3_600_000;
/**
 * Says of each backup whether it is kept, the newest first. Asks no clock.
 *
 * Only generated and scheduled names are judged, and with `others` other zips; all else stays. The newest that is not known to be bad
 * stays, and so does the newest that is known to be good. What is kept would be kept again, and a higher number never keeps less,
 * but where `maxKeep` was the only rule: then others stay because no rule is about them.
 */
export function planRetention(backups: readonly ListedBackup[], context: RetentionContext): RetentionDecision[] {
  const candidates = backups.flatMap((backup) => candidateOf(backup, context) ?? []).sort(newestFirst);
  const reasons = reasonsToKeep(candidates, context);
  const judged = candidates.map((candidate) => decision(candidate, reasons.get(candidate.key) ?? []));
  const keys = new Set(candidates.map(({ key }) => key));
  const foreign = backups
    .filter(({ key }) => !keys.has(key))
    .map(({ key, size, modifiedAt }) => ({
      key,
      size,
      at: modifiedAt,
      keep: true,
      reasons: [whyForeign(key, context)],
    }));
  return [...judged, ...foreign].sort((left, right) => right.at.getTime() - left.at.getTime());
}

function candidateOf(backup: ListedBackup, context: RetentionContext): Candidate | undefined {
  const { namePrefix, policy, isKnownBad } = context;
  const read = readBackup(backup, { namePrefix, others: policy.others });
  return read && { ...backup, ...read, isBad: isKnownBad(backup.key) };
}

function whyForeign(key: string, { namePrefix }: RetentionContext): string {
  return parseName(namePrefix, key) ? "named after a time to come" : "not named by this manager";
}

function newestFirst(left: Candidate, right: Candidate): number {
  const byTime = right.at.getTime() - left.at.getTime() || right.number - left.number;
  return byTime || (left.key < right.key ? 1 : -1);
}

function reasonsToKeep(candidates: readonly Candidate[], context: RetentionContext): Map<string, string[]> {
  const reasons = new Map<string, string[]>();
  const keep = ({ key }: Candidate, reason: string) => reasons.set(key, [...(reasons.get(key) ?? []), reason]);
  for (const rule of rulesOf(context.policy)) keepEach(candidates, rule, keep);
  keepWithin(candidates, context.policy, keep);
  const { maxKeep } = context.policy;
  const scheduled = candidates.filter(({ isScheduled }) => isScheduled);
  if (maxKeep)
    keepEach(scheduled, { count: maxKeep, periodOf: ({ key }) => key, reason: () => `scheduled ${maxKeep}` }, keep);
  if (isOfScheduledOnly(context.policy)) {
    for (const candidate of candidates) if (!candidate.isScheduled) keep(candidate, "not in the policy");
  }
  for (const candidate of candidates) if (context.keys?.has(candidate.key)) keep(candidate, "asked for");
  const newest = candidates.find(({ isBad }) => !isBad);
  if (newest) keep(newest, "newest good");
  const checked = candidates.find(({ key, isBad }) => !isBad && context.isKnownGood(key));
  if (checked) keep(checked, "newest checked");
  return reasons;
}

/** Keeps the newest of each of the newest periods. One that is bad stays too, unless its period has a newer one, and takes no place. */
function keepEach(
  candidates: readonly Candidate[],
  { count, periodOf, reason }: Rule,
  keep: (candidate: Candidate, reason: string) => void,
): void {
  const filled = new Set<string>();
  const seen = new Set<string>();
  for (const candidate of candidates) {
    if (filled.size >= count) return;
    const period = periodOf(candidate);
    if (filled.has(period) || (candidate.isBad && seen.has(period))) continue;
    keep(candidate, reason(period));
    (candidate.isBad ? seen : filled).add(period);
  }
}

function rulesOf(policy: RetentionPolicy): Rule[] {
  const periods = periodsIn(policy.timezone ?? "UTC");
  const { keepLast = 0, keepHourly = 0, keepDaily = 0, keepWeekly = 0, keepMonthly = 0, keepYearly = 0 } = policy;
  const each = (count: number, name: keyof Periods, word: string): Rule => {
    return { count, periodOf: ({ at }) => periods[name](at), reason: (period) => `${word} ${period}` };
  };
  return [
    { count: keepLast, periodOf: ({ key }) => key, reason: () => `last ${keepLast}` },
    each(keepHourly, "hour", "hourly"),
    each(keepDaily, "day", "daily"),
    each(keepWeekly, "week", "weekly"),
    each(keepMonthly, "month", "monthly"),
    each(keepYearly, "year", "yearly"),
  ];
}

function keepWithin(
  candidates: readonly Candidate[],
  policy: RetentionPolicy,
  keep: (candidate: Candidate, reason: string) => void,
): void {
  const span = policy.keepWithin === undefined ? undefined : spanOf(policy.keepWithin);
  const [newest] = candidates;
  if (!span || !newest) return;
  const since = before(newest.at, span);
  for (const candidate of candidates) {
    if (candidate.at.getTime() >= since) keep(candidate, `within ${policy.keepWithin}`);
  }
}

function before(time: Date, { years, months, days, hours }: Span): number {
  const start = new Date(time);
  start.setUTCDate(1); // the 31st less a month is the end of that month, not the start of the next
  start.setUTCMonth(start.getUTCMonth() - months - 12 * years);
  const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  start.setUTCDate(Math.min(time.getUTCDate(), last));
  return start.getTime() - (24 * days + hours) * HOUR_MS;
}

function isOfScheduledOnly({ maxKeep, timezone, others, ...rules }: RetentionPolicy): boolean {
  return Object.values(rules).every((value) => !value);
}

function decision({ key, size, at }: Candidate, reasons: readonly string[]): RetentionDecision {
  const keep = reasons.length > 0;
  return { key, size, at, keep, reasons: keep ? reasons : ["no rule keeps it"] };
}
