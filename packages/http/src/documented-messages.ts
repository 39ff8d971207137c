/**
 * What the Backups API of PocketBase says, word for word: clients show these sentences, and some compare them.
 * Source: https://pocketbase.io/docs/api-backups/ and `apis/` of PocketBase 0.22.
 */
export const MESSAGES = {
  unauthorized: "The request requires admin authorization token to be set.",
  adminsOnly: "Only admins can perform this action.",
  forbidden: "You are not allowed to perform this request.",
  fileForbidden: "Insufficient permissions to access the resource.",
  notFound: "The requested resource wasn't found.",
  methodNotAllowed: "Method Not Allowed.",
  busy: "Try again later - another backup/restore process has already been started.",
  invalid: "Something went wrong while processing your request.",
  tooLarge: "Request entity too large.",
  noBackups: "Failed to load backups filesystem.",
  noDownloads: "Filesystem initialization failure.",
  createFailed: "Failed to create backup.",
  uploadFailed: "Failed to upload backup.",
  restoreFailed: "Failed to restore backup.",
  previousKept: "The data replaced by the last restore is still kept - confirm that restore or roll it back first.",
  deleteMissing: "Invalid or already deleted backup file.",
  restoreMissing: "Missing or invalid backup file.",
  pruneFailed: "Failed to prune backups.",
  verifyFailed: "Failed to verify backup.",
  healthy: "API is healthy.",
} as const;
