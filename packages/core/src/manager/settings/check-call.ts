import { assertGlobs } from "../../archive/left-out/exclusions.ts";
import { withSlashes } from "../../disk/path-below.ts";
import type { Platform } from "../../disk/platform.ts";
import { StowageError } from "../../errors.ts";
import { checked } from "../../filesystem/call-options.ts";
import { assertContent } from "../../filesystem/content/source.ts";
import type { SignalOption } from "../../filesystem/filesystem-options.ts";
import { assertValidKey } from "../../filesystem/key.ts";
import { assertValidRange, type ReadRange } from "../../filesystem/read-range.ts";
import { inContext } from "../../filesystem/wrap-error.ts";
import { assertOptions } from "../../options/assert-options.ts";
import { type OptionRule, type OptionRules, rule } from "../../options/option-rules.ts";
import { assertRetentionPolicy } from "../../retention/retention-policy.ts";
import type { HealthOptions } from "../check-health.ts";
import type { ListBackupsOptions } from "../list-what-shows.ts";
import type {
  CreateOptions,
  DownloadOptions,
  DrillOptions,
  ExtractOptions,
  OperationOptions,
  PruneOptions,
  RestoreCallOptions,
  UploadOptions,
} from "../operations/operation-options.ts";

const SIGNAL: OptionRules<SignalOption> = { signal: rule.signal };
const OPERATION: OptionRules<OperationOptions> = { ...SIGNAL, onProgress: rule.callback };
const RANGE: OptionRules<ReadRange> = { start: rule.anything, end: rule.anything };

const LIST: OptionRules<ListBackupsOptions> = { ...SIGNAL, onPartial: rule.callback };

const CREATE: OptionRules<CreateOptions> = {
  ...OPERATION,
  name: rule.anything,
  allowEmpty: rule.flag,
};
const UPLOAD: OptionRules<UploadOptions> = {
  ...OPERATION,
  check: rule.oneOf("archive", "magic"),
};
const DOWNLOAD: OptionRules<DownloadOptions> = { ...SIGNAL, range: rule.object };
const RESTORE: OptionRules<RestoreCallOptions> = {
  ...OPERATION,
  dryRun: rule.flag,
  keepPrevious: rule.flag,
  allowUnrelated: rule.flag,
  allowEmpty: rule.flag,
};
const SHARE: OptionRule = {
  expected: "a share from 0 to 1",
  accepts: (value) => typeof value === "number" && value >= 0 && value <= 1,
};
const HEALTH: OptionRules<HealthOptions> = {
  ...SIGNAL,
  maxAgeMs: rule.wholeNumber(1),
  minCount: rule.wholeNumber(0),
  maxShrink: SHARE,
  others: rule.flag,
};
const DRILL: OptionRules<DrillOptions> = { ...OPERATION, key: rule.anything, check: rule.callback };
const KEYS: OptionRule = { expected: "a list of keys", accepts: isListOfTexts };
const PRUNE: OptionRules<PruneOptions> = { ...SIGNAL, dryRun: rule.flag, keep: KEYS };
const EXTRACT: OptionRules<ExtractOptions> = {
  ...OPERATION,
  select: { expected: "a list of globs or a function", accepts: isSelection },
  to: rule.path,
};

const RULES = {
  create: CREATE,
  list: LIST,
  upload: UPLOAD,
  download: DOWNLOAD,
  delete: SIGNAL,
  restore: RESTORE,
  rollback: OPERATION,
  verify: OPERATION,
  entries: SIGNAL,
  openEntry: SIGNAL,
  extract: EXTRACT,
  prune: PRUNE,
  checkHealth: HEALTH,
  drill: DRILL,
} satisfies Readonly<Record<string, Readonly<Record<string, OptionRule>>>>;

const INSTEAD: Partial<Record<keyof typeof RULES, string>> = {
  openEntry: 'openEntry("x.zip", "data.db")',
  create: 'create({ name: "x.zip" })',
  extract: 'extract("x.zip", { to: "directory" })',
};

/** Checks the options of a method, and the key if it takes one, before it does anything. `INVALID_ARGUMENT`, `INVALID_KEY`. */
export function checkCall(operation: keyof typeof RULES, options: unknown, ...keys: readonly string[]): void {
  const [key] = keys;
  checked({ operation, key }, () => {
    if (keys.length > 0) assertValidKey(key);
    const required = operation === "extract" ? ["to"] : [];
    assertOptions(options, RULES[operation], { code: "INVALID_ARGUMENT", required, example: INSTEAD[operation] });
  });
}

/** The same for an upload, and that its content can be read. Takes nothing of it. */
export function checkUpload(key: string, content: unknown, options: unknown): void {
  checkCall("upload", options, key);
  checked({ operation: "upload", key }, () => assertContent(content));
}

/** The same for what is extracted, and for its globs. */
export function checkExtract(key: string, options: ExtractOptions, platform: Platform): void {
  checkCall("extract", options, key);
  if (!Array.isArray(options.select)) return;
  const select = options.select.map((glob) => (typeof glob === "string" ? withSlashes(glob, platform) : glob));
  checked({ operation: "extract", key }, () => assertGlobs(select, { option: "select", code: "INVALID_ARGUMENT" }));
}

/** The same for a prune, and for its policy. */
export function checkPrune(policy: unknown, options: unknown): void {
  checkCall("prune", options);
  checked({ operation: "prune" }, () => assertRetentionPolicy(policy));
}

/** The same for a drill, and for the key among its options. */
export function checkDrill(options: DrillOptions): void {
  checkCall("drill", options);
  if (options.key !== undefined) checked({ operation: "drill", key: options.key }, () => assertValidKey(options.key));
}

/** The same for a download, and for its range. */
export function checkDownload(key: string, options: DownloadOptions): void {
  checkCall("download", options, key);
  const { range = {} } = options;
  checked({ operation: "download", key }, () => {
    assertOptions(range, RANGE, { code: "INVALID_ARGUMENT", within: "range" });
    assertValidRange(range);
  });
}

/** The same for one entry, and that it is named. */
export function checkOpenEntry(key: string, name: unknown, options: unknown): void {
  checkCall("openEntry", options, key);
  if (rule.text.accepts(name)) return;
  const error = new StowageError("INVALID_ARGUMENT", `name: not ${rule.text.expected}; entries() lists all names`);
  throw inContext(error, { operation: "openEntry", key });
}

function isSelection(value: unknown): boolean {
  return typeof value === "function" || isListOfTexts(value);
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
