import { rawRequest, sendRaw } from "../bed/raw-answer.ts";
import type { WatchedBed } from "../bed/watched-bed.ts";
import { HOSTILE_KEYS, HOSTILE_TARGETS } from "./hostile-keys.ts";

/** What is done with a key: a method, and what follows the key in the path. */
export const VERBS: readonly (readonly [method: string, action: string])[] = [
  ["GET", ""],
  ["HEAD", ""],
  ["DELETE", ""],
  ["POST", "/restore"],
  ["POST", "/restore?dryRun=1"],
  ["POST", "/verify"],
  ["GET", "/entries"],
  ["GET", "/entries/data.db"],
];

/** Sends every hostile form with one verb. Each must be refused by a status from 400 to 499. Returns how many were sent. */
export async function sendHostileForms(bed: WatchedBed, [method, action]: (typeof VERBS)[number]): Promise<number> {
  const separator = action.includes("?") ? "&" : "?";
  const targets = [
    ...HOSTILE_KEYS.map((key) => `/api/backups/${key}${action}${separator}token=TOKEN`),
    ...HOSTILE_TARGETS,
  ];
  const waiting = [...targets];
  const worker = async () => {
    for (let target = waiting.pop(); target !== undefined; target = waiting.pop()) {
      const { status, text } = await sendRaw(bed.port, rawRequest(method, target));
      bed.watch.look(text, `${method} ${target}`);
      if (status < 400 || status > 499) throw new Error(`${method} ${target} was answered with ${status}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: method !== "POST" ? 8 : 1 }, worker)); // restores at once would say that others run
  return targets.length;
}
