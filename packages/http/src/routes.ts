import { cancelActive } from "./endpoints/cancel-active.ts";
import { createBackup } from "./endpoints/create-backup.ts";
import { createFileToken } from "./endpoints/create-file-token.ts";
import { deleteBackup } from "./endpoints/delete-backup.ts";
import { downloadBackup } from "./endpoints/download-backup.ts";
import { downloadEntry } from "./endpoints/download-entry.ts";
import { drillBackup } from "./endpoints/drill-backup.ts";
import { listBackups } from "./endpoints/list-backups.ts";
import { listEntries } from "./endpoints/list-entries.ts";
import { pruneBackups } from "./endpoints/prune-backups.ts";
import { restoreBackup } from "./endpoints/restore-backup.ts";
import { showHealth } from "./endpoints/show-health.ts";
import { showHistory } from "./endpoints/show-history.ts";
import { showStatus } from "./endpoints/show-status.ts";
import { uploadBackup } from "./endpoints/upload-backup.ts";
import { verifyBackup } from "./endpoints/verify-backup.ts";
import type { Endpoint } from "./request-context.ts";

type Endpoints = Readonly<Record<string, Endpoint>>;

/** What a path stands for: an endpoint for each method, the key in it and the name of an entry behind that, still encoded. */
export interface Route {
  readonly endpoints: Endpoints;
  readonly segment: string;
  readonly entry?: string | undefined;
}

const BACKUPS = { GET: listBackups, POST: createBackup };
const BACKUP = { GET: downloadBackup, DELETE: deleteBackup };
const FIXED: ReadonlyMap<string, Endpoints> = new Map<string, Endpoints>([
  ["/api/backups", BACKUPS],
  ["/api/backups/upload", { ...BACKUP, POST: uploadBackup }],
  ["/api/backups/prune", { ...BACKUP, POST: pruneBackups }],
  ["/api/backups/drill", { ...BACKUP, POST: drillBackup }],
  ["/api/backups/status/active", { DELETE: cancelActive }],
  ["/api/files/token", { POST: createFileToken }],
  ["/api/health", { GET: showHealth }],
]);
/** Shown by their own names, unless a file token says that a backup of that name is meant. */
const SHOWN: ReadonlyMap<string, Endpoint> = new Map([
  ["/api/backups/status", showStatus],
  ["/api/backups/history", showHistory],
]);
const KEYED = /^\/api\/backups\/([^/]+)(?:\/(restore|verify|entries))?$/;
const ENTRY = /^\/api\/backups\/([^/]+)\/entries\/(.+)$/;
const OF_BACKUP: Readonly<Record<string, Endpoints>> = {
  restore: { POST: restoreBackup },
  verify: { POST: verifyBackup },
  entries: { GET: listEntries },
};

/** Whether all below such a path, or the path itself, belongs to backups: what no endpoint answers there is nobody else's. */
export function isBackupsPath(path: string): boolean {
  return FIXED.has(path) || path.startsWith("/api/backups/");
}

/**
 * Finds what a path stands for, whatever the method. A backup may be called "upload" or "status": it is still
 * deleted by its name, and downloaded by its URL, which carries a token.
 */
export function routeOf(path: string, query: URLSearchParams): Route | undefined {
  const [, segment = "", action] = KEYED.exec(path) ?? [];
  const shown = query.has("token") ? undefined : SHOWN.get(path);
  if (shown) return { endpoints: { GET: shown, DELETE: deleteBackup }, segment };
  const fixed = FIXED.get(path);
  if (fixed) return { endpoints: fixed, segment };
  if (segment !== "") return { endpoints: OF_BACKUP[action ?? ""] ?? BACKUP, segment };
  const [, of, entry] = ENTRY.exec(path) ?? [];
  return of === undefined ? undefined : { endpoints: { GET: downloadEntry }, segment: of, entry };
}
