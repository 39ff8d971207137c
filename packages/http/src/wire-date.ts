/** Writes a date as PocketBase does: "2023-05-19 16:25:57.542Z". */
export function wireDate(date: Date): string {
  return date.toISOString().replace("T", " ");
}
