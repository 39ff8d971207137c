import { isSnapshot } from "../snapshot/snapshot-name.ts";
import { isClaim } from "./claim-name.ts";
import { DRAFT_NAME, JOURNAL_STATES, journalName } from "./layout.ts";

/** The id of a restore, which its folder is called by, and an upload that waits to be judged. */
const WORK = /^(?:upload-)?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;
const JOURNALS: ReadonlySet<string> = new Set([DRAFT_NAME, ...JOURNAL_STATES.map(journalName)]);

/** Whether a name in `.stowage` is one that Stowage makes and clears away itself. What was set aside as lost is not. */
export function isOwnName(name: string): boolean {
  return isClaim(name) || JOURNALS.has(name) || WORK.test(name) || isSnapshot(name);
}
