import { concurrencyCases } from "./cases/concurrency.ts";
import { createCases } from "./cases/create.ts";
import { deleteCases } from "./cases/delete.ts";
import { errorCases } from "./cases/errors.ts";
import { keyCases } from "./cases/keys.ts";
import { lifeCases } from "./cases/life.ts";
import { listCases } from "./cases/list.ts";
import { listInterruptedCases } from "./cases/list-interrupted.ts";
import { managerCases } from "./cases/manager.ts";
import { managerLockCases } from "./cases/manager-lock.ts";
import { modelCases } from "./cases/model.ts";
import { openCases } from "./cases/open.ts";
import { readCases } from "./cases/read.ts";
import { readInterruptedCases } from "./cases/read-interrupted.ts";
import { statCases } from "./cases/stat.ts";
import { urlCases } from "./cases/urls.ts";
import { writeCases } from "./cases/write.ts";
import { writeAbortCases } from "./cases/write-abort.ts";
import { writeFailureCases } from "./cases/write-failure.ts";
import { writeLargeCases } from "./cases/write-large.ts";
import { writeVisibilityCases } from "./cases/write-visibility.ts";
import type { ContractCase } from "./contract-case.ts";

/** Every promise that a filesystem makes, in the order of the documentation. Ids are stable. */
const allCases: readonly ContractCase[] = [
  ...openCases,
  ...keyCases,
  ...writeCases,
  ...writeVisibilityCases,
  ...writeLargeCases,
  ...writeFailureCases,
  ...writeAbortCases,
  ...createCases,
  ...readCases,
  ...readInterruptedCases,
  ...listCases,
  ...listInterruptedCases,
  ...statCases,
  ...deleteCases,
  ...urlCases,
  ...lifeCases,
  ...errorCases,
  ...concurrencyCases,
  ...modelCases,
  ...managerCases,
  ...managerLockCases,
];

/** The promises that a driver can break: what the suite runs for its author. */
export const cases = allCases.filter(({ isPortable }) => !isPortable);

/** The promises that `Filesystem` keeps by itself, which no driver can break: checked once, with this library. */
export const portableCases = allCases.filter(({ isPortable }) => isPortable);
