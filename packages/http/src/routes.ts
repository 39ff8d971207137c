import { createBackup } from "./endpoints/create-backup.ts";
import { createFileToken } from "./endpoints/create-file-token.ts";
import { deleteBackup } from "./endpoints/delete-backup.ts";
import { downloadBackup } from "./endpoints/download-backup.ts";
import { listBackups } from "./endpoints/list-backups.ts";
import { restoreBackup } from "./endpoints/restore-backup.ts";
import { showHealth } from "./endpoints/show-health.ts";
import { showStatus } from "./endpoints/show-status.ts";
import { uploadBackup } from "./endpoints/upload-backup.ts";
import type { Endpoint } from "./request-context.ts";

/** What a path stands for: an endpoint for each method, and the key in it, still encoded. */
export interface Route {
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  readonly segment: string;
}

const BACKUPS = { GET: listBackups, POST: createBackup };
const BACKUP = { GET: downloadBackup, DELETE: deleteBackup };
const FIXED: ReadonlyMap<string, Readonly<Record<string, Endpoint>>> = new Map<string, Record<string, Endpoint>>([
  ["/api/backups", BACKUPS],
  ["/api/backups/upload", { ...BACKUP, POST: uploadBackup }],
  ["/api/files/token", { POST: createFileToken }],
  ["/api/health", { GET: showHealth }],
]);
const KEYED = /^\/api\/backups\/([^/]+)(\/restore)?$/;

/** Whether all below such a path, or the path itself, belongs to backups: what no endpoint answers there is nobody else's. */
export function isBackupsPath(path: string): boolean {
  return FIXED.has(path) || path.startsWith("/api/backups/");
}

/**
 * Finds what a path stands for, whatever the method. A backup may be called "upload" or "status": it is still
 * deleted by its name, and downloaded by its URL, which carries a token.
 */
export function routeOf(path: string, query: URLSearchParams): Route | undefined {
  const isStatus = path === "/api/backups/status" && !query.has("token");
  if (isStatus) return { endpoints: { GET: showStatus, DELETE: deleteBackup }, segment: "status" };
  const [, segment = "", restore] = KEYED.exec(path) ?? [];
  const fixed = FIXED.get(path);
  if (fixed) return { endpoints: fixed, segment };
  if (segment === "") return undefined;
  return { endpoints: restore === undefined ? BACKUP : { POST: restoreBackup }, segment };
}
