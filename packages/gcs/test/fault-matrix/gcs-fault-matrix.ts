import { type MatrixResult, runFaultMatrix } from "@stowage/test-kit";
import { FAULTS, OPERATIONS, type Operation } from "./faults.ts";
import { makeMatrixBed } from "./matrix-bed.ts";
import { runCell } from "./run-cell.ts";

/** Tries the faults that are chosen on all operations, once, twice and for ever. Unhandled rejections count as wrong. */
export async function tryFaults(isChosen: (fault: string) => boolean): Promise<MatrixResult> {
  const bed = await makeMatrixBed();
  const rejections: string[] = [];
  const note = (reason: unknown) => void rejections.push(`nobody handled ${String(reason)}`);
  process.on("unhandledRejection", note);
  try {
    const result = await runFaultMatrix({
      operations: OPERATIONS,
      faults: Object.keys(FAULTS).filter(isChosen),
      applies: (operation, fault) => FAULTS[fault]?.strikes?.includes(operation as Operation) ?? true,
      run: (cell) => runCell(bed, cell),
      concurrency: 16,
      deadlineMs: 60_000,
    });
    return { ...result, wrong: [...result.wrong, ...rejections] };
  } finally {
    process.off("unhandledRejection", note);
    await bed.close();
  }
}
