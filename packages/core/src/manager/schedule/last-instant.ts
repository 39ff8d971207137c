import { setTimeout as sleep } from "node:timers/promises";
import { parseName } from "../../backup-name.ts";
import { listWhatShows } from "../list-what-shows.ts";
import type { ManagedCalls } from "../operations/managed-calls.ts";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
/** Of one that was killed so often no more is made up: it may be what kills the process. */
const MOST_INTERRUPTIONS = 2;

/**
 * The instant of the newest scheduled backup up to a time, or one whose backup was interrupted twice if that is newer. Undefined if there is none. Rejects
 * if the storage cannot be listed.
 */
export async function lastInstant(calls: ManagedCalls, before: Date, signal: AbortSignal): Promise<Date | undefined> {
  const call = { operation: "list", options: { signal }, isQuiet: true };
  const listed = await calls.run(call, (filesystem, operation) =>
    listWhatShows(filesystem, { signal: operation.signal, onPartial: () => {} }),
  );
  const instants = listed.flatMap(({ key }) => {
    const parsed = parseName(calls.settings.namePrefix, key);
    return parsed?.isScheduled && parsed.at <= before ? [parsed.at.getTime()] : [];
  });
  if (instants.length === 0) return undefined;
  return new Date(Math.max(...instants, ...(await hopeless(calls))));
}

/** The same, again and again until the storage answers. Rejects once the signal aborts. */
export async function lastInstantAtLast(
  calls: ManagedCalls,
  before: Date,
  signal: AbortSignal,
): Promise<Date | undefined> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    await sleep(pauseMs, undefined, { signal });
    try {
      return await lastInstant(calls, before, signal);
    } catch {
      signal.throwIfAborted();
    }
  }
}

/** Instants whose backup was interrupted so often that another attempt would come to the same. */
async function hopeless(calls: ManagedCalls): Promise<number[]> {
  const counts = new Map<number, number>();
  for (const { operation, scheduledFor, error } of await calls.history.read()) {
    if (operation !== "create" || !scheduledFor || error?.reason !== "interrupted") continue;
    counts.set(scheduledFor.getTime(), (counts.get(scheduledFor.getTime()) ?? 0) + 1);
  }
  return [...counts].flatMap(([instant, count]) => (count >= MOST_INTERRUPTIONS ? [instant] : []));
}
