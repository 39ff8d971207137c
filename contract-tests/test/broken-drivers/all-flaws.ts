import { commitFlaws } from "./commit-flaws.ts";
import { commitSignalFlaws } from "./commit-signal-flaws.ts";
import { diskFlaws } from "./disk-flaws.ts";
import { elsewhereFlaws } from "./elsewhere-flaws.ts";
import { concurrencyFlaws, errorFlaws } from "./error-and-concurrency-flaws.ts";
import { exactFlaws } from "./exact-flaws.ts";
import { failureFlaws } from "./failure-flaws.ts";
import type { Flaw } from "./flaw.ts";
import { handleFlaws } from "./handle-flaws.ts";
import { heldFlaws } from "./held-flaws.ts";
import { huntedFlaws } from "./hunted-flaws.ts";
import { keyFlaws } from "./key-flaws.ts";
import { libraryKeyFlaws } from "./library-key-flaws.ts";
import { lifeFlaws, undeclaredFlaws } from "./life-flaws.ts";
import { listFlaws } from "./list-flaws.ts";
import { listNeighbourFlaws } from "./list-neighbour-flaws.ts";
import { loneFlaws } from "./lone-flaws.ts";
import { loneKeyFlaws } from "./lone-key-flaws.ts";
import { loneStateFlaws } from "./lone-state-flaws.ts";
import { managerFlaws } from "./manager-flaws.ts";
import { openFlaws } from "./open-flaws.ts";
import { pageFlaws } from "./page-flaws.ts";
import { partFlaws } from "./part-flaws.ts";
import { readFlaws } from "./read-flaws.ts";
import { secretFlaws } from "./secret-flaws.ts";
import { sourceFlaws } from "./source-flaws.ts";
import { deleteFlaws, statFlaws } from "./stat-and-delete-flaws.ts";
import { statTimeFlaws } from "./stat-time-flaws.ts";
import { urlFlaws } from "./url-flaws.ts";
import { largeReadFlaws, openAgainFlaws, versionFlaws } from "./version-flaws.ts";
import { createFlaws, writeFailureFlaws } from "./write-failure-flaws.ts";
import { writeFlaws } from "./write-flaws.ts";
import { writtenFlaws } from "./written-flaws.ts";

/** Every flaw, by the group of the promises that it breaks. */
export const FLAWS: Readonly<Record<string, readonly Flaw[]>> = {
  open: [...openFlaws, ...handleFlaws, ...openAgainFlaws],
  keys: [...keyFlaws, ...libraryKeyFlaws],
  write: [...writeFlaws, ...commitFlaws, ...partFlaws, ...writtenFlaws, ...exactFlaws],
  "write that fails": [...writeFailureFlaws, ...sourceFlaws, ...commitSignalFlaws],
  create: createFlaws,
  elsewhere: elsewhereFlaws,
  read: [...readFlaws, ...largeReadFlaws, ...versionFlaws],
  list: [...listFlaws, ...listNeighbourFlaws, ...pageFlaws],
  stat: [...statFlaws, ...statTimeFlaws],
  delete: deleteFlaws,
  urls: urlFlaws,
  life: [...lifeFlaws, ...heldFlaws],
  disk: diskFlaws,
  undeclared: undeclaredFlaws,
  errors: [...errorFlaws, ...failureFlaws, ...secretFlaws],
  concurrency: concurrencyFlaws,
  manager: managerFlaws,
  "one case alone": [...loneFlaws, ...loneStateFlaws, ...loneKeyFlaws, ...huntedFlaws],
};
