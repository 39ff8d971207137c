import { SeededRandom } from "@stowage/test-kit/random";
import { describe, expect, it } from "vitest";
import { generateName, scheduledName } from "../../src/backup-name.ts";
import type { RetentionPolicy } from "../../src/index.ts";
import { planRetention, type RetentionContext } from "../../src/retention/plan-retention.ts";
import { keptByModel, type ModelBackup } from "./retention-model.ts";

const PREFIX = "pb_backup_";
const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"];
const HISTORIES = 600;

/** Names of other programs and of people, and names that only look like ours. */
const FOREIGN = [
  "before-upgrade.tar",
  "pb_backup_20260230000000.zip",
  "pb_backup_20261301000000.zip.attrs",
  "@auto_pb_backup_acme_20260101000000.zip",
  "@auto_pb_backup_20260101000000_2.zip",
  "notes",
];

function history(random: SeededRandom): ModelBackup[] {
  const backups = new Map<string, ModelBackup>();
  // The clocks of most zones change within these weeks.
  const from = Date.UTC(2024, random.between(0, 11), random.between(1, 28));
  const step = random.pick([60_000, 3_600_000, 6 * 3_600_000, 86_400_000, 9 * 86_400_000]);
  const count = random.between(1, 60);
  for (let index = 0; index < count; index++) {
    const at = Math.floor((from + random.between(0, count) * step + random.between(0, 3) * 1000) / 1000) * 1000;
    const number = random.between(1, 8) === 1 ? 2 : 1;
    const kind = random.pick(["generated", "generated", "scheduled", "other"] as const);
    const verdict = random.pick(["unknown", "unknown", "unknown", "good", "bad"] as const);
    const key = {
      generated: generateName(PREFIX, new Date(at), number),
      scheduled: scheduledName(PREFIX, new Date(at)),
      other: `upload-${index}.zip`,
    }[kind];
    backups.set(key, { key, at, number: kind === "generated" ? number : 1, kind, verdict });
  }
  for (const key of FOREIGN) {
    if (random.between(1, 3) === 1)
      backups.set(key, {
        key,
        at: from,
        number: 1,
        kind: key.endsWith(".zip") ? "other" : "foreign",
        verdict: "unknown",
      });
  }
  return [...backups.values()];
}

function policyOf(random: SeededRandom): RetentionPolicy {
  const count = () => (random.between(1, 3) === 1 ? random.between(0, 8) : undefined);
  const policy = {
    ...{
      keepLast: count(),
      keepHourly: count(),
      keepDaily: count(),
      keepWeekly: count(),
      keepMonthly: count(),
      keepYearly: count(),
    },
    keepWithin: random.between(1, 4) === 1 ? random.pick(["12h", "3d", "2m", "1y1m", "1m1d1h"]) : undefined,
    maxKeep: count(),
    timezone: random.pick([undefined, ...ZONES]),
    others: random.pick([undefined, true, false]),
  };
  return Object.values({ ...policy, timezone: 0, others: 0 }).some(Boolean) ? policy : { ...policy, keepLast: 1 };
}

function plan(backups: readonly ModelBackup[], policy: RetentionPolicy) {
  const verdicts = new Map(backups.map(({ key, verdict }) => [key, verdict]));
  const context: RetentionContext = {
    ...{ policy, namePrefix: PREFIX },
    isKnownBad: (key) => verdicts.get(key) === "bad",
    isKnownGood: (key) => verdicts.get(key) === "good",
  };
  const listed = backups.map(({ key, at }) => ({ key, size: 1, modifiedAt: new Date(at) }));
  return planRetention(listed, context);
}

function kept(backups: readonly ModelBackup[], policy: RetentionPolicy): Set<string> {
  return new Set(plan(backups, policy).flatMap(({ key, keep }) => (keep ? [key] : [])));
}

it(`keeps what an independent model keeps, in ${HISTORIES} random histories`, () => {
  let removed = 0;
  for (let seed = 1; seed <= HISTORIES; seed++) {
    const random = new SeededRandom(seed);
    const backups = history(random);
    const policy = policyOf(random);
    const keys = kept(backups, policy);
    expect({ seed, policy, keys: [...keys].sort() }).toEqual({
      seed,
      policy,
      keys: [...keptByModel(backups, policy)].sort(),
    });
    removed += backups.length - keys.size;
  }
  expect(removed).toBeGreaterThan(HISTORIES);
});

describe.each(Array.from({ length: 50 }, (_, index) => 1000 + index))("with seed %i", (seed) => {
  const random = new SeededRandom(seed);
  const backups = history(random);
  const policy = policyOf(random);
  const first = kept(backups, policy);

  it("a second prune removes nothing", () => {
    const left = backups.filter(({ key }) => first.has(key));
    expect(kept(left, policy)).toEqual(first);
  });

  it("a higher number keeps no less", () => {
    for (const [name, value] of Object.entries(policy)) {
      if (typeof value !== "number" || value === 0) continue; // from 0 on it would be a rule more, also for what had none
      const more = kept(backups, { ...policy, [name]: value + random.between(1, 4) });
      expect([...first].filter((key) => !more.has(key))).toEqual([]);
    }
  });

  it("the newest good one stays, and so does what is not ours", () => {
    const isJudged = ({ kind }: ModelBackup) =>
      kind === "generated" || kind === "scheduled" || (kind === "other" && policy.others);
    const good = backups.filter((backup) => isJudged(backup) && backup.verdict !== "bad").sort((a, b) => b.at - a.at);
    const newest = good.filter(({ at }) => at === good[0]?.at);
    if (newest.length > 0) expect(newest.some(({ key }) => first.has(key))).toBe(true);
    for (const backup of backups) if (!isJudged(backup)) expect(first).toContain(backup.key);
  });
});

it("tells why each is kept or goes, the newest first", () => {
  const at = (text: string) => new Date(`2026-11-${text}:00Z`);
  const backups = [at("30T03:00"), at("29T15:00"), at("29T03:00"), at("28T03:00"), at("27T03:00")].map((time) => {
    const key = scheduledName(PREFIX, time);
    return { key, at: time.getTime(), number: 1, kind: "scheduled", verdict: "unknown" } as const;
  });

  const told = plan(backups, { keepLast: 1, keepDaily: 3, keepWithin: "1d" }).map(({ at, keep, reasons }) => [
    `${at.toISOString().slice(8, 13)} ${keep ? "stays" : "goes"}`,
    reasons.join(", "),
  ]);

  expect(told).toEqual([
    ["30T03 stays", "last 1, daily 2026-11-30, within 1d, newest good"],
    ["29T15 stays", "daily 2026-11-29, within 1d"],
    ["29T03 stays", "within 1d"],
    ["28T03 stays", "daily 2026-11-28"],
    ["27T03 goes", "no rule keeps it"],
  ]);
});

it("a name of a time to come, from a clock that was wrong, stays and takes nobody's place", () => {
  const ours = [1, 2, 3].map((day) => {
    const at = Date.UTC(2026, 0, day);
    return { key: generateName(PREFIX, new Date(at)), size: 1, modifiedAt: new Date(at) };
  });
  const wrong = { key: generateName(PREFIX, new Date("2099-01-01")), size: 1, modifiedAt: new Date("2026-01-02") };
  const context = {
    policy: { keepWithin: "1d" },
    namePrefix: PREFIX,
    isKnownBad: () => false,
    isKnownGood: () => false,
  };

  const decisions = planRetention([...ours, wrong], context);

  expect(decisions.filter(({ keep }) => !keep).map(({ key }) => key)).toEqual([ours[0]?.key]);
  expect(decisions.find(({ key }) => key === wrong.key)?.reasons).toEqual(["named after a time to come"]);
});
