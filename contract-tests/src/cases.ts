import type { ContractCase } from "./case/contract-case.ts";
import { deleteCases } from "./cases/delete/delete.ts";
import { deleteLastingCases } from "./cases/delete/delete-lasting.ts";
import { classificationCases } from "./cases/failure/classification.ts";
import { errorCases } from "./cases/failure/errors.ts";
import { outageCases } from "./cases/failure/outage.ts";
import { secretCases } from "./cases/failure/secrets.ts";
import { silentCases } from "./cases/failure/silent.ts";
import { keyCases } from "./cases/key/keys.ts";
import { libraryKeyCases } from "./cases/key/library-keys.ts";
import { concurrencyCases } from "./cases/life/concurrency.ts";
import { elsewhereCases } from "./cases/life/elsewhere.ts";
import { heldCases } from "./cases/life/held.ts";
import { lifeCases } from "./cases/life/life.ts";
import { listCases } from "./cases/list/list.ts";
import { listInterruptedCases } from "./cases/list/list-interrupted.ts";
import { listNeighbourCases } from "./cases/list/list-neighbours.ts";
import { listPageCases } from "./cases/list/list-pages.ts";
import { managerCases } from "./cases/manager/manager.ts";
import { managerLockCases } from "./cases/manager/manager-lock.ts";
import { modelCases } from "./cases/model.ts";
import { handleCases } from "./cases/open/handles.ts";
import { openCases } from "./cases/open/open.ts";
import { openAgainCases } from "./cases/open/open-again.ts";
import { readCases } from "./cases/read/read.ts";
import { readInterruptedCases } from "./cases/read/read-interrupted.ts";
import { readLargeCases } from "./cases/read/read-large.ts";
import { readVersionCases } from "./cases/read/read-versions.ts";
import { statCases } from "./cases/stat/stat.ts";
import { statTimeCases } from "./cases/stat/stat-time.ts";
import { urlCases } from "./cases/url/urls.ts";
import { createCases } from "./cases/write/create.ts";
import { residueCases } from "./cases/write/residue.ts";
import { writeCases } from "./cases/write/write.ts";
import { writeAbortCases } from "./cases/write/write-abort.ts";
import { writeBoundaryCases } from "./cases/write/write-boundary.ts";
import { writeCommitCases } from "./cases/write/write-commit.ts";
import { writeCommitAbortCases } from "./cases/write/write-commit-abort.ts";
import { writeExactCases } from "./cases/write/write-exact.ts";
import { writeFailureCases } from "./cases/write/write-failure.ts";
import { writeLargeCases } from "./cases/write/write-large.ts";
import { writePartsCases } from "./cases/write/write-parts.ts";
import { writeVisibilityCases } from "./cases/write/write-visibility.ts";

/** Every promise that a filesystem makes, in the order of the documentation. Ids are stable. */
const allCases: readonly ContractCase[] = [
  ...openCases,
  ...handleCases,
  ...openAgainCases,
  ...keyCases,
  ...libraryKeyCases,
  ...writeCases,
  ...writeExactCases,
  ...writeVisibilityCases,
  ...writePartsCases,
  ...writeCommitCases,
  ...writeLargeCases,
  ...writeFailureCases,
  ...writeAbortCases,
  ...writeCommitAbortCases,
  ...writeBoundaryCases,
  ...residueCases,
  ...createCases,
  ...elsewhereCases,
  ...readCases,
  ...readLargeCases,
  ...readVersionCases,
  ...readInterruptedCases,
  ...listCases,
  ...listInterruptedCases,
  ...listNeighbourCases,
  ...listPageCases,
  ...statCases,
  ...statTimeCases,
  ...deleteCases,
  ...deleteLastingCases,
  ...urlCases,
  ...lifeCases,
  ...heldCases,
  ...errorCases,
  ...classificationCases,
  ...outageCases,
  ...silentCases,
  ...secretCases,
  ...concurrencyCases,
  ...modelCases,
  ...managerCases,
  ...managerLockCases,
];

/** The promises that a driver can break: what the suite runs for its author. */
export const cases = allCases.filter(({ isPortable }) => !isPortable);

/** The promises that `Filesystem` keeps by itself, which no driver can break: checked once, with this library. */
export const portableCases = allCases.filter(({ isPortable }) => isPortable);
