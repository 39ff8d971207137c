const NOTEWORTHY_MS = 5 * 60_000;

/**
 * Says by how much the clock of this host is off, by the `Date` of an answer, or nothing for less than five minutes. Tokens are made
 * with the time of this host, and Google takes none from another hour: no client of the SDK can be told another time.
 */
export function clockHint(date: string | undefined): string {
  const offMs = Date.now() - Date.parse(date ?? "");
  if (!(Math.abs(offMs) >= NOTEWORTHY_MS)) return "";
  const minutes = Math.round(Math.abs(offMs) / 60_000);
  return `; the clock of this host is ${minutes} minutes ${offMs > 0 ? "ahead of" : "behind"} the service's: set it right`;
}
