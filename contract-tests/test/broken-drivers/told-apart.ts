/**
 * Cases that kill no flaw alone, and why they stay. `npm run test:kill-matrix` fails if such a case is not named here; those that hold
 * `Filesystem` itself to its word need no reason.
 */
export const TOLD_APART: Readonly<Record<string, string>> = {
  ...because("it is the plain first look: what fails it fails others too, and is told most simply here", [
    ...["open/handles-share-objects", "open/places-are-isolated", "open/new-place-is-empty", "keys/plain"],
    ...["keys/trailing-dot", "keys/leading-tilde", "keys/letter-case", "write/empty-content", "write/one-byte-chunks"],
    ...["write/prime-chunks", "write/returns-what-stat-returns", "write/invisible-until-committed", "create/free-key"],
    ...["create/taken-key", "create/again-after-delete", "read/missing-key", "read/info-and-content"],
    ...["list/describes-objects", "list/prefix", "list/page-sizes", "list/follows-changes", "stat/missing-key"],
    ...["stat/describes-the-object", "stat/exists", "stat/is-recent", "delete/missing-key", "delete/neighbours-stay"],
    ...["concurrency/distinct-keys", "keys/240-bytes-unicode", "keys/200-bytes-unicode", "delete/is-over"],
  ]),
  ...because(
    "it names the moment at which a failing write changes something: nothing-appears-later tries all at once",
    [
      ...["before-any-chunk", "below-one-part", "above-one-part", "after-the-last-byte"].flatMap((moment) =>
        ["free", "taken"].map((key) => `write-fails/source-${moment}-${key}-key`),
      ),
      ...["size-too-large", "size-too-small", "aborted-at-once", "aborted-below-one-part"].map(
        (id) => `write-fails/${id}`,
      ),
      ...["write-fails/aborted-above-one-part", "life/close-during-a-write", "create/again-after-failure"],
    ],
  ),
  ...because("it tries every way to fail at once and looks long after: what it finds late or rarely, others name", [
    ...["write-fails/nothing-appears-later", "write-fails/stopped-at-the-commit"],
  ]),
  ...because("a driver learns of an abort and of a failing source by the same signal: two sides of one promise", [
    "write-fails/aborted-at-a-part-boundary",
  ]),
  ...because("it needs a harness with `residue` or a directory, and says which kind of write leaves something behind", [
    ...["write-fails/leaves-no-residue", "write-fails/leaves-nothing-behind"],
  ]),
  ...because("where parts are large only this one has sent some, and only the other one has sent none", [
    ...["write/invisible-until-committed-in-parts", "create/taken-key-in-parts", "create/race-in-parts"],
    ...["create/overtaken-in-parts", "write/no-temporary-name-is-listed"],
  ]),
  ...because("a race: it lets happen by chance what others let happen in order, or the other way round", [
    ...["write/readers-see-one-version", "create/race", "create/overtaken", "concurrency/one-key"],
    ...[
      "write/of-one-key-at-once",
      "concurrency/legal-outcomes",
      "read/many-at-once",
      "delete/at-once",
      "read/describes-what-it-reads",
    ],
  ]),
  ...because("what else finds it is skipped without a harness that has `elsewhere` or `outage`", [
    ...["read/overwritten-meanwhile", "open/handles-live-apart"],
  ]),
  ...because("random ranges fail too, and do not say which end of a range is wrong", [
    ...["read/range-middle", "read/range-to-the-end", "read/range-from-the-start", "read/into-memory"],
    ...["read/range-all-but-the-last-byte"],
  ]),
  ...because("it meets by chance what the plain ranges miss: offsets that nobody thought of", ["read/random-ranges"]),
  ...because("each way to leave content reaches a driver otherwise: by a return, by the signal, unread, or by close", [
    ...["read/left-after-a-chunk", "read/destroyed", "read/consumer-throws", "read/aborted", "read/never-read"],
  ]),
  ...because("close-gives-back fails too, and does not say which call keeps something", [
    ...["life/read-refused-gives-back", "life/list-left-early-gives-back", "life/write-gives-back"],
    ...["life/read-to-the-end-gives-back"],
  ]),
  ...because("a failed or an aborted open, as the driver has it or as Filesystem does: four sides of one promise", [
    ...["open/failed-open-is-tried-again", "open/aborted-open-is-tried-again"],
    ...["open/driver-opens-again-after-an-abort", "open/driver-opens-again-after-a-failure"],
  ]),
  ...because("what else finds it counts what the process holds for another reason, and does not say which", [
    ...["open/constructing-does-no-io", "life/nothing-keeps-the-process-alive", "write/stores-while-it-reads"],
  ]),
  ...because(
    "its look at what another handle sees at once is of large objects: what else finds those is about their type",
    ["write/seen-at-once"],
  ),
  ...because("others see it within one process; of two processes only this one knows", [
    ...["open/processes-share-objects", "create/race-over-processes"],
  ]),
  ...because("it says which kind of content is stored wrong, where others only meet it by the way", [
    ...["write/one-huge-chunk", "write/overwrite-shorter", "write/overwrite-longer", "write/parts-in-order"],
    ...["write/overwrite-equally-long"],
    ...["write/leaves-its-source-as-it-is", "write/failure-disturbs-no-other"],
  ]),
  ...because("it is invisible-until-committed at the last instant, when the driver has had all bytes", [
    "write/invisible-until-the-end",
  ]),
  ...because("`read` and `readInto` reach a driver by two ways, and each is asked for megabytes", [
    "read/ranges-of-megabytes",
  ]),
  ...because("cursor-again fails too, and does not say that a page is too long", ["list/limit"]),
  ...because("what compares descriptions fails too; that it is the time which changes is told only here", [
    "stat/time-stays",
  ]),
  ...because("what becomes of a driver's errors: others meet it by the way", [
    "errors/driver-failures-are-wrapped-once",
  ]),
  ...because("what else finds it is skipped without a harness that has `outage`", ["errors/no-credentials"]),
  ...because("it is the cheapest of those that change a list while it is read: the others change more at once", [
    ...["list/changes-between-pages", "list/delete-while-listing"],
  ]),
  ...because("`urls/keys`, of the remote tier, fetches a URL for each kind of key; the fast tier fetches three", [
    ...["urls/special-keys", "urls/keys"],
  ]),
  ...because(
    "it is what the users of a driver do: whole backups, whatever no single promise names",
    [
      ...["round-trip", "taken-name", "one-at-a-time", "active-key", "failing-driver", "upload-of-no-archive"],
      ...["restore-of-a-bad-archive", "lock-in-the-storage", "failing-create-under-lock", "failing-restore-under-lock"],
      ...["failing-delete-under-lock"],
    ].map((id) => (id.includes("/") ? id : `manager/${id}`)),
  ),
};

/** Flawed drivers that no fast case catches, by name, and why. */
export const SURVIVES_FAST: Readonly<Record<string, string>> = {
  "an object is kept in memory while it is sent": "what is too much memory takes hundreds of megabytes to tell",
  "parts do not grow": "only after 10,000 parts does it matter",
  "a list ends after 2000 objects": "so many objects are too many requests for each run",
  "the hundred and fiftieth overwrite of a handle is lost": "so many overwrites are too many requests for each run",
};

function because(reason: string, ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id) => [id, reason]));
}
