import { concurrencyCases } from "./cases/concurrency.ts";
import { createCases } from "./cases/create.ts";
import { deleteCases } from "./cases/delete.ts";
import { elsewhereCases } from "./cases/elsewhere.ts";
import { errorCases } from "./cases/errors.ts";
import { heldCases } from "./cases/held.ts";
import { keyCases } from "./cases/keys.ts";
import { lifeCases } from "./cases/life.ts";
import { listCases } from "./cases/list.ts";
import { listInterruptedCases } from "./cases/list-interrupted.ts";
import { managerCases } from "./cases/manager.ts";
import { openCases } from "./cases/open.ts";
import { openAgainCases } from "./cases/open-again.ts";
import { readCases } from "./cases/read.ts";
import { readInterruptedCases } from "./cases/read-interrupted.ts";
import { readLargeCases } from "./cases/read-large.ts";
import { readVersionCases } from "./cases/read-versions.ts";
import { residueCases } from "./cases/residue.ts";
import { statCases } from "./cases/stat.ts";
import { urlCases } from "./cases/urls.ts";
import { writeCases } from "./cases/write.ts";
import { writeAbortCases } from "./cases/write-abort.ts";
import { writeBoundaryCases } from "./cases/write-boundary.ts";
import { writeCommitCases } from "./cases/write-commit.ts";
import { writeFailureCases } from "./cases/write-failure.ts";
import { writeLargeCases } from "./cases/write-large.ts";
import { writePartsCases } from "./cases/write-parts.ts";
import { writeVisibilityCases } from "./cases/write-visibility.ts";
import type { ContractCase } from "./contract-case.ts";

/** Every promise that a filesystem makes, in the order of the documentation. Ids are stable. */
export const cases: readonly ContractCase[] = [
  ...openCases,
  ...openAgainCases,
  ...keyCases,
  ...writeCases,
  ...writeVisibilityCases,
  ...writePartsCases,
  ...writeCommitCases,
  ...writeLargeCases,
  ...writeFailureCases,
  ...writeAbortCases,
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
  ...statCases,
  ...deleteCases,
  ...urlCases,
  ...lifeCases,
  ...heldCases,
  ...errorCases,
  ...concurrencyCases,
  ...managerCases,
];
