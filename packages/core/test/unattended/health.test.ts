import { expect, it } from "vitest";
import { generateName } from "../../src/backup-name.ts";
import type { HistoryRecord } from "../../src/index.ts";
import { type HealthFacts, type HealthOptions, judgeHealth } from "../../src/manager/check-health.ts";

const NOW = new Date("2026-12-01T12:00:00Z");
const HOUR = 3_600_000;

const hoursAgo = (hours: number) => new Date(NOW.getTime() - hours * HOUR);

function backup(hours: number, size = 100) {
  return { key: generateName("pb_backup_", hoursAgo(hours)), size, modifiedAt: hoursAgo(hours) };
}

function record(operation: string, hours: number, code?: string, key = "x.zip", reason?: string): HistoryRecord {
  const times = { startedAt: hoursAgo(hours), finishedAt: hoursAgo(hours) };
  return {
    operation,
    key,
    ...times,
    warningCount: 0,
    warnings: [],
    ...(code !== undefined && { error: { code, reason } }),
  };
}

function judge(facts: Partial<HealthFacts>, options: HealthOptions = {}) {
  const report = judgeHealth({ listed: [], history: [], namePrefix: "pb_backup_", now: NOW, ...facts }, options);
  return { ...report, reasons: report.problems.map(({ reason }) => reason) };
}

it("backups that are new, enough and not damaged are healthy", () => {
  const listed = [backup(3), backup(27), backup(51)];

  expect(judge({ listed }, { minCount: 3 })).toMatchObject({
    ...{ healthy: true, problems: [], warnings: [], count: 3 },
    newest: { key: listed[0]?.key, at: hoursAgo(3) },
  });
});

it.each<[string, Partial<HealthFacts>, HealthOptions, string[]]>([
  ["no backup at all", {}, {}, ["too-few"]],
  ["an old one", { listed: [backup(27)] }, {}, ["too-old"]],
  ["one that is old for whoever asks", { listed: [backup(3)] }, { maxAgeMs: 2 * HOUR }, ["too-old"]],
  ["too few", { listed: [backup(1)] }, { minCount: 2 }, ["too-few"]],
  ["a create that failed", { listed: [backup(2)], history: [record("create", 1, "NO_SPACE")] }, {}, ["last-failed"]],
  [
    "a create that was killed",
    { listed: [backup(2)], history: [record("create", 1, "ABORTED", "x.zip", "interrupted")] },
    {},
    ["last-failed"],
  ],
  ["a drill that failed", { listed: [backup(2)], history: [record("drill", 1, "UNAVAILABLE")] }, {}, ["last-failed"]],
])("%s is a problem", (_what, facts, options, reasons) => {
  expect(judge(facts, options)).toMatchObject({ healthy: false, reasons });
});

it("a failure that an operation of its kind has ended well since is over", () => {
  const history = [
    record("create", 1),
    record("create", 2, "NO_SPACE"),
    record("drill", 3),
    record("drill", 4, "TIMEOUT"),
  ];

  expect(judge({ listed: [backup(1)], history })).toMatchObject({
    healthy: true,
    lastFailure: { operation: "create" },
  });
});

it("one that a check found damaged counts for nothing, and is told until it is gone or found whole", () => {
  const listed = [backup(1), backup(40)];
  const bad = record("verify", 0, "INVALID_ARCHIVE", listed[0]?.key);

  expect(judge({ listed, history: [bad] })).toMatchObject({ count: 1, reasons: ["too-old", "damaged"] });
  expect(judge({ listed: listed.slice(1), history: [bad] }, { maxAgeMs: 50 * HOUR })).toMatchObject({ healthy: true });
  const whole = record("verify", 0, undefined, listed[0]?.key);
  expect(judge({ listed, history: [whole, bad] })).toMatchObject({ healthy: true, count: 2 });
});

it("a storage that could not be read says nothing of the archive", () => {
  const listed = [backup(1)];
  const down = record("verify", 0, "UNAVAILABLE", listed[0]?.key);

  expect(judge({ listed, history: [down] })).toMatchObject({ healthy: true, count: 1 });
});

it("one that shrank by more than half is a warning", () => {
  const shrunk = judge({ listed: [backup(1, 49), backup(2, 100)] });

  expect(shrunk).toMatchObject({ healthy: true, warnings: [{ reason: "shrank" }] });
  expect(judge({ listed: [backup(1, 50), backup(2, 100)] }).warnings).toEqual([]);
  expect(judge({ listed: [backup(1, 89), backup(2, 100)] }, { maxShrink: 0.1 }).warnings).toHaveLength(1);
});

it.each(["ALREADY_EXISTS", "BUSY", "NOT_FOUND", "ABORTED", "INVALID_NAME"])("%s is no failure of backups", (code) => {
  expect(judge({ listed: [backup(1)], history: [record("create", 0, code), record("create", 1)] }).healthy).toBe(true);
});

it("backups of another manager, uploads and those of a time to come are none of this one, unless others count", () => {
  const future = { ...backup(-48), modifiedAt: hoursAgo(1) };
  const foreign = { ...backup(1), key: "acme_20261201110000.zip" };

  expect(judge({ listed: [future, foreign] })).toMatchObject({ reasons: ["too-few"], count: 0 });
  expect(judge({ listed: [future, foreign] }, { others: true })).toMatchObject({ healthy: true, count: 1 });
});

it("a clock that is behind shows by a backup of a time to come", () => {
  expect(judge({ listed: [{ ...backup(-48), modifiedAt: hoursAgo(-48) }] })).toMatchObject({ reasons: ["future"] });
});

it("what is stored anew under a name that was found damaged is another backup", () => {
  const listed = [backup(1)];
  const key = listed[0]?.key;

  const history = [record("upload", 0, undefined, key), record("verify", 1, "INVALID_ARCHIVE", key)];
  expect(judge({ listed, history })).toMatchObject({ healthy: true, count: 1 });
});
