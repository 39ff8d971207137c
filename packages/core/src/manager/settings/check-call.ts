import { assertGlobs } from "../../archive/left-out/exclusions.ts";
import { withSlashes } from "../../disk/path-below.ts";
import type { Platform } from "../../disk/platform.ts";
import { checked } from "../../filesystem/call-options.ts";
import { assertContent } from "../../filesystem/content/source.ts";
import type { SignalOption } from "../../filesystem/filesystem-options.ts";
import { assertValidKey } from "../../filesystem/key.ts";
import { assertValidRange, type ReadRange } from "../../filesystem/read-range.ts";
import { assertOptions } from "../../options/assert-options.ts";
import { type OptionRule, type OptionRules, rule } from "../../options/option-rules.ts";
import { assertRetentionPolicy } from "../../retention/retention-policy.ts";
import type {
  CreateOptions,
  DownloadOptions,
  ExtractOptions,
  OperationOptions,
  PruneOptions,
  RestoreOptions,
  UploadOptions,
} from "../operations/operation-options.ts";

const SIGNAL: OptionRules<SignalOption> = { signal: rule.signal };
const OPERATION: OptionRules<OperationOptions> = { ...SIGNAL, onProgress: rule.callback };
const RANGE: OptionRules<ReadRange> = { start: rule.anything, end: rule.anything };

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
const RESTORE: OptionRules<RestoreOptions> = {
  ...OPERATION,
  keepPrevious: rule.flag,
  allowUnrelated: rule.flag,
  allowEmpty: rule.flag,
};
const PRUNE: OptionRules<PruneOptions> = { ...SIGNAL, dryRun: rule.flag };
const EXTRACT: OptionRules<ExtractOptions> = {
  ...OPERATION,
  select: { expected: "a list of globs or a function", accepts: isSelection },
  to: rule.path,
};

const RULES = {
  create: CREATE,
  list: SIGNAL,
  upload: UPLOAD,
  download: DOWNLOAD,
  delete: SIGNAL,
  restore: RESTORE,
  rollback: OPERATION,
  verify: OPERATION,
  entries: SIGNAL,
  extract: EXTRACT,
  prune: PRUNE,
} satisfies Readonly<Record<string, Readonly<Record<string, OptionRule>>>>;

const INSTEAD: Partial<Record<keyof typeof RULES, string>> = {
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

/** The same for a download, and for its range. */
export function checkDownload(key: string, options: DownloadOptions): void {
  checkCall("download", options, key);
  const { range = {} } = options;
  checked({ operation: "download", key }, () => {
    assertOptions(range, RANGE, { code: "INVALID_ARGUMENT", within: "range" });
    assertValidRange(range);
  });
}

function isSelection(value: unknown): boolean {
  return typeof value === "function" || (Array.isArray(value) && value.every((glob) => typeof glob === "string"));
}
