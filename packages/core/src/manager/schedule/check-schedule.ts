import { StowageError } from "../../errors.ts";
import { checked } from "../../filesystem/call-options.ts";
import type { NoticeOptions } from "../../notices/notifier.ts";
import { assertOptions } from "../../options/assert-options.ts";
import { type OptionRules, rule } from "../../options/option-rules.ts";
import { assertRetentionPolicy } from "../../retention/retention-policy.ts";
import { CronSchedule } from "../../schedule/cron.ts";
import type { Timetable } from "../../schedule/scheduler.ts";
import type { ScheduleOptions } from "./backup-schedule.ts";

const URL_RULE = { expected: "a URL of http or https, without a user in it", accepts: isUrl };

const RULES: OptionRules<ScheduleOptions> = {
  operation: rule.oneOf("create", "drill"),
  check: rule.callback,
  timezone: rule.text,
  prune: rule.object,
  catchUp: rule.flag,
  onNotice: rule.callback,
  webhook: rule.object,
  pingUrl: URL_RULE,
};
const WEBHOOK: OptionRules<NonNullable<NoticeOptions["webhook"]>> = { url: URL_RULE, body: rule.callback };

/** Checks an expression and the options of its schedule. `INVALID_ARGUMENT`. */
export function checkSchedule(cron: string, options: ScheduleOptions): Timetable {
  return checked({ operation: "schedule" }, () => {
    const code = "INVALID_ARGUMENT";
    assertOptions(options, RULES, { code, example: 'schedule("0 3 * * *", { prune: { keepLast: 7 } })' });
    if (options.webhook) assertOptions(options.webhook, WEBHOOK, { code, within: "webhook", required: ["url"] });
    if (options.prune) assertRetentionPolicy(options.prune);
    const { operation = "create", prune, check } = options;
    if (operation === "drill" && prune)
      throw new StowageError("INVALID_ARGUMENT", "prune: a drill prunes nothing; give it to the schedule of backups");
    if (operation === "create" && check)
      throw new StowageError("INVALID_ARGUMENT", 'check: it is for operation: "drill"');
    return new CronSchedule(cron, { timezone: options.timezone ?? "UTC" });
  });
}

/** Without a name and a password, which `fetch` takes from no URL. */
function isUrl(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return /^https?:$/.test(protocol) && username === "" && password === "";
}
