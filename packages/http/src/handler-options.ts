import type { BackupManager, DrillOptions } from "@stowage/core";
import { assertOptions, type OptionRules, rule } from "@stowage/core/driver";
import type { Authentication } from "./authentication.ts";
import type { ErrorContext } from "./error-report.ts";

export interface BackupsHandlerOptions {
  readonly manager: BackupManager;
  /** Who may do what. A function alone says who sends a request; then there are no log-ins and no file tokens. */
  readonly auth: Authentication | Authentication["authenticate"];
  /** What precedes `/api` in the paths, such as "/admin". Default "". */
  readonly basePath?: string;
  /** Whether a restore is answered after its end, rather than when the archive has been judged. Default false. */
  readonly waitForRestore?: boolean;
  /**
   * Whether a restore keeps what it replaces, until the application calls `manager.confirm()` or `manager.rollback()`: until then
   * another restore is refused. Default false.
   */
  readonly keepPrevious?: boolean;
  /** What the application looks at when a client asks for a drill, see `BackupManager.drill`. */
  readonly drillCheck?: DrillOptions["check"];
  /** The most bytes of an uploaded archive. Default: only the storage limits it. */
  readonly maxUploadSize?: number;
  /** How long all of a body may take that is no upload, in milliseconds: that of a log-in or a create. Then it is 408. Default 30,000. */
  readonly bodyTimeoutMs?: number;
  /** Returns a URL to which a download is redirected, such as a presigned one of the storage. Undefined serves it from here. */
  readonly signDownload?: (
    key: string,
    options: { signal: AbortSignal },
  ) => Promise<string | URL | undefined> | string | URL | undefined;
  /** The origins whose pages may call the API, such as "https://app.example.com", or "*". Default: none. */
  readonly cors?: { readonly origins: readonly string[] };
  /** How many clients may follow the status at a time; the next one gets 429. Default 100. */
  readonly maxStatusStreams?: number;
  /** How often a status stream says that it is alive, in milliseconds. Default 15,000. */
  readonly heartbeatMs?: number;
  /** Is told what the answers leave out. Default: the standard error output. */
  readonly onError?: (error: unknown, context: ErrorContext) => void;
}

const OPTIONS: OptionRules<BackupsHandlerOptions> = {
  manager: { expected: "a BackupManager", accepts: isManager },
  auth: { expected: "a function or an Authentication", accepts: isAuthentication },
  basePath: { expected: 'a path such as "/admin", without a slash at its end', accepts: isBasePath },
  waitForRestore: rule.flag,
  keepPrevious: rule.flag,
  drillCheck: rule.callback,
  maxUploadSize: rule.wholeNumber(1),
  bodyTimeoutMs: rule.timerMs(1),
  signDownload: rule.callback,
  cors: { expected: "an object with a list of origins", accepts: hasOrigins },
  maxStatusStreams: rule.wholeNumber(1),
  heartbeatMs: rule.timerMs(1),
  onError: rule.callback,
};

const CORS: OptionRules<NonNullable<BackupsHandlerOptions["cors"]>> = {
  origins: {
    expected: 'a list of "*" or of origins as browsers send them, such as "https://app.example.com" without a slash',
    accepts: (value) => Array.isArray(value) && value.every(isOrigin),
  },
};

/** Throws `CONFIG_INVALID`, naming the option, for a wrong value and for a name that is no option. */
export function assertHandlerOptions(options: BackupsHandlerOptions): void {
  const code = "CONFIG_INVALID";
  assertOptions(options, OPTIONS, { code, required: ["manager", "auth"] });
  if (options.cors) assertOptions(options.cors, CORS, { code, within: "cors", required: ["origins"] });
}

/** By what the handler calls, because the manager may come from another copy of its package. */
function isManager(value: unknown): boolean {
  const methods = ["create", "list", "upload", "download", "delete", "restore", "status", "on"] as const;
  const manager = value as Partial<BackupManager> | null;
  return methods.every((name) => typeof manager?.[name] === "function");
}

function isAuthentication(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value === "function";
  const { authenticate, checkFileToken, createFileToken, handle, paths } = value as Partial<Authentication>;
  const isMethod = (method: unknown) => method === undefined || typeof method === "function";
  if (paths !== undefined && !(Array.isArray(paths) && paths.every((path) => typeof path === "string"))) return false;
  return typeof authenticate === "function" && [checkFileToken, createFileToken, handle].every(isMethod);
}

function isBasePath(value: unknown): boolean {
  return typeof value === "string" && /^(\/[^/?#]+)*$/.test(value);
}

function hasOrigins(value: unknown): boolean {
  return Array.isArray((value as { origins?: unknown } | null)?.origins);
}

/** Any other text is equal to no header `Origin`. URL knows the origins of http and https alone. */
function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || !/^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/.test(value)) return value === "*";
  return !/^https?:/.test(value) || (URL.canParse(value) && new URL(value).origin === value);
}
