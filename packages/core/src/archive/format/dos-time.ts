const FIRST_YEAR = 1980;
const LAST_YEAR = 2107;

export interface DosTime {
  readonly date: number;
  readonly time: number;
}

/**
 * Encodes a time as MS-DOS does, in steps of two seconds (APPNOTE 4.4.6). In UTC, so that the bytes of an archive do
 * not depend on the host's time zone. Times outside 1980–2107 become the nearest one inside.
 */
export function encodeDosTime(at: Date): DosTime {
  if (at.getUTCFullYear() < FIRST_YEAR) return { date: (1 << 5) | 1, time: 0 };
  if (at.getUTCFullYear() > LAST_YEAR) return { date: (127 << 9) | (12 << 5) | 31, time: (23 << 11) | (59 << 5) | 29 };
  return {
    date: ((at.getUTCFullYear() - FIRST_YEAR) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate(),
    time: (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1),
  };
}

/** Decodes a time of MS-DOS, read as UTC. */
export function decodeDosTime({ date, time }: DosTime): Date {
  const year = FIRST_YEAR + (date >> 9);
  return new Date(Date.UTC(year, ((date >> 5) & 15) - 1, date & 31, time >> 11, (time >> 5) & 63, (time & 31) * 2));
}
