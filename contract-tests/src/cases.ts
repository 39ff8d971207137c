import { classificationCases } from "./cases/classification.ts";
import { concurrencyCases } from "./cases/concurrency.ts";
import { createCases } from "./cases/create.ts";
import { deleteCases } from "./cases/delete.ts";
import { deleteLastingCases } from "./cases/delete-lasting.ts";
import { elsewhereCases } from "./cases/elsewhere.ts";
import { errorCases } from "./cases/errors.ts";
import { handleCases } from "./cases/handles.ts";
import { heldCases } from "./cases/held.ts";
import { keyCases } from "./cases/keys.ts";
import { libraryKeyCases } from "./cases/library-keys.ts";
import { lifeCases } from "./cases/life.ts";
import { listCases } from "./cases/list.ts";
import { listInterruptedCases } from "./cases/list-interrupted.ts";
import { listNeighbourCases } from "./cases/list-neighbours.ts";
import { listPageCases } from "./cases/list-pages.ts";
import { managerCases } from "./cases/manager.ts";
import { managerLockCases } from "./cases/manager-lock.ts";
import { modelCases } from "./cases/model.ts";
import { openCases } from "./cases/open.ts";
import { openAgainCases } from "./cases/open-again.ts";
import { outageCases } from "./cases/outage.ts";
import { readCases } from "./cases/read.ts";
import { readInterruptedCases } from "./cases/read-interrupted.ts";
import { readLargeCases } from "./cases/read-large.ts";
import { readVersionCases } from "./cases/read-versions.ts";
import { residueCases } from "./cases/residue.ts";
import { secretCases } from "./cases/secrets.ts";
import { silentCases } from "./cases/silent.ts";
import { statCases } from "./cases/stat.ts";
import { statTimeCases } from "./cases/stat-time.ts";
import { urlCases } from "./cases/urls.ts";
import { writeCases } from "./cases/write.ts";
import { writeAbortCases } from "./cases/write-abort.ts";
import { writeBoundaryCases } from "./cases/write-boundary.ts";
import { writeCommitCases } from "./cases/write-commit.ts";
import { writeCommitAbortCases } from "./cases/write-commit-abort.ts";
import { writeExactCases } from "./cases/write-exact.ts";
import { writeFailureCases } from "./cases/write-failure.ts";
import { writeLargeCases } from "./cases/write-large.ts";
import { writePartsCases } from "./cases/write-parts.ts";
import { writeVisibilityCases } from "./cases/write-visibility.ts";
import type { ContractCase } from "./contract-case.ts";

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
