import { StowageError } from "../errors.ts";
import { assertOptions } from "../options/assert-options.ts";
import { type OptionRules, rule } from "../options/option-rules.ts";

/** Which backups are kept. One that any rule keeps stays. */
export interface RetentionPolicy {
  /** The newest so many. */
  readonly keepLast?: number | undefined;
  /** The newest of each of the newest so many hours that have one. */
  readonly keepHourly?: number | undefined;
  readonly keepDaily?: number | undefined;
  /** Weeks of ISO 8601, which begin on Monday. */
  readonly keepWeekly?: number | undefined;
  readonly keepMonthly?: number | undefined;
  readonly keepYearly?: number | undefined;
  /** All that are at most so much older than the newest, such as "30d" or "1y6m7d12h". The clock of the host does not count. */
  readonly keepWithin?: string | undefined;
  /** PocketBase's `cronMaxKeep`: of scheduled backups the newest so many. Says nothing of others. */
  readonly maxKeep?: number | undefined;
  /** The IANA time zone in which hours, days, weeks, months and years begin. Default "UTC". */
  readonly timezone?: string | undefined;
  /** Whether other zips are judged too, such as uploads, by the time of their storage. Default false: they stay. */
  readonly others?: boolean | undefined;
}

/** An amount of time as restic writes it. */
export interface Span {
  readonly years: number;
  readonly months: number;
  readonly days: number;
  readonly hours: number;
}

const COUNT = rule.wholeNumber(0);

const RULES: OptionRules<RetentionPolicy> = {
  keepLast: COUNT,
  keepHourly: COUNT,
  keepDaily: COUNT,
  keepWeekly: COUNT,
  keepMonthly: COUNT,
  keepYearly: COUNT,
  keepWithin: {
    expected: 'an amount of time such as "30d" or "1y6m7d12h"',
    accepts: (value) => typeof value === "string" && spanOf(value) !== undefined,
  },
  maxKeep: COUNT,
  timezone: rule.timeZone,
  others: rule.flag,
};

const KEEPING = Object.keys(RULES).filter((name) => !["timezone", "others"].includes(name));

/** Throws `INVALID_ARGUMENT` for what is no policy, and for one that would keep nothing. */
export function assertRetentionPolicy(policy: unknown): asserts policy is RetentionPolicy {
  assertOptions(policy, RULES, { code: "INVALID_ARGUMENT", within: "policy", example: "{ keepLast: 7 }" });
  const given: object = policy as RetentionPolicy;
  if (KEEPING.some((name) => Reflect.get(given, name))) return;
  throw new StowageError("INVALID_ARGUMENT", `policy: it keeps nothing; give one of ${KEEPING.join(", ")}`);
}

/** Undefined for a text that is no amount of time, or none at all. */
export function spanOf(text: string): Span | undefined {
  const parts = /^(?:(\d{1,4})y)?(?:(\d{1,5})m)?(?:(\d{1,6})d)?(?:(\d{1,7})h)?$/.exec(text);
  if (!parts || text === "") return undefined;
  const [years = 0, months = 0, days = 0, hours = 0] = parts.slice(1).map((part) => Number(part ?? 0));
  return years + months + days + hours > 0 ? { years, months, days, hours } : undefined;
}
