import { type FaultMatrix, type MatrixResult, runFaultMatrix } from "@stowage/test-kit";
import { FAULTS, type FaultUnderTest } from "./faults-under-test.ts";
import { OPERATIONS } from "./operations.ts";
import { runCell } from "./run-cell.ts";

/** Tries those of the faults that `choose` picks on every operation, once, twice and for ever. */
export function tryFaults(choose: (fault: FaultUnderTest) => boolean): Promise<MatrixResult> {
  const faults = new Map(FAULTS.filter(choose).map((fault) => [fault.name, fault]));
  const operations = new Map(OPERATIONS.map((operation) => [operation.name, operation]));
  const matrix: FaultMatrix = {
    operations: [...operations.keys()],
    faults: [...faults.keys()],
    applies: (operation, fault) => faults.get(fault)?.only?.includes(operation) ?? true,
    concurrency: 6,
    deadlineMs: 60_000,
    async run({ operation, fault, times }) {
      const chosen = { fault: faults.get(fault), operation: operations.get(operation) };
      if (!chosen.fault || !chosen.operation) return "there is no such cell";
      await runCell({ fault: chosen.fault, operation: chosen.operation, times });
      return undefined;
    },
  };
  return runFaultMatrix(matrix);
}
