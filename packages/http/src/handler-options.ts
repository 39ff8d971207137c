import { type BackupManager, StowageError } from "@stowage/core";
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

const OPTIONS: Readonly<Record<keyof BackupsHandlerOptions, (value: unknown) => boolean>> = {
  manager: (value) => typeof value === "object" && value !== null,
  auth: (value) => typeof value === "function" || (typeof value === "object" && value !== null),
  basePath: (value) => typeof value === "string" && /^(\/[^/?#]+)*$/.test(value),
  waitForRestore: (value) => typeof value === "boolean",
  keepPrevious: (value) => typeof value === "boolean",
  maxUploadSize: isPositive,
  bodyTimeoutMs: isPositive,
  signDownload: (value) => typeof value === "function",
  cors: (value) =>
    typeof value === "object" && value !== null && Array.isArray((value as { origins?: unknown }).origins),
  maxStatusStreams: isPositive,
  heartbeatMs: isPositive,
  onError: (value) => typeof value === "function",
};

/** Throws `CONFIG_INVALID`, naming the option, for a wrong value and for a name that is no option. */
export function assertHandlerOptions(options: BackupsHandlerOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const isValid = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof BackupsHandlerOptions] : undefined;
    if (isValid === undefined) throw invalid(`${name}: no such option`);
    if (value !== undefined && !isValid(value)) throw invalid(`${name}: not a value for it`);
  }
  for (const name of ["manager", "auth"] as const) {
    if (options[name] === undefined) throw invalid(`${name}: it is missing`);
  }
}

function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function invalid(message: string): StowageError {
  return new StowageError("CONFIG_INVALID", message, { operation: "createBackupsHandler" });
}
