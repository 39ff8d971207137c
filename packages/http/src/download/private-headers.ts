/** What every answer says that holds bytes of a backup: nobody keeps it, no page shows it, and no other place is told of it. */
export const PRIVATE_HEADERS = {
  "cache-control": "private, no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "referrer-policy": "no-referrer",
} as const;
