import { setTimeout as delay } from "node:timers/promises";

/** One fault, striking so many requests of one operation. */
export interface MatrixCell {
  readonly operation: string;
  readonly fault: string;
  /** 1, 2 or `Infinity`. */
  readonly times: number;
}

export interface FaultMatrix {
  readonly operations: readonly string[];
  readonly faults: readonly string[];
  /** Whether the fault can strike the operation at all. */
  applies(operation: string, fault: string): boolean;
  /** Runs a cell on data of its own. Resolves with what was wrong, or with nothing. */
  run(cell: MatrixCell): Promise<string | undefined>;
  /** How many cells run at once. */
  readonly concurrency: number;
  /** A cell that has not settled after so many milliseconds is wrong. */
  readonly deadlineMs: number;
}

export interface MatrixResult {
  readonly tried: number;
  readonly right: number;
  /** One line for each wrong cell. */
  readonly wrong: readonly string[];
  /** For people: a row for each fault, a column for each operation, "right/tried". */
  readonly table: string;
}

const TIMES = [1, 2, Number.POSITIVE_INFINITY];

/** Tries every fault on every operation, once, twice and for ever. */
export async function runFaultMatrix(matrix: FaultMatrix): Promise<MatrixResult> {
  const cells = cellsOf(matrix);
  const flaws = new Map<MatrixCell, string | undefined>();
  const queue = cells.values();
  const work = async () => {
    for (const cell of queue) flaws.set(cell, await runBounded(matrix, cell));
  };
  await Promise.all(Array.from({ length: matrix.concurrency }, work));
  const wrong = cells.flatMap((cell) => {
    const flaw = flaws.get(cell);
    return flaw === undefined ? [] : [`${cell.operation} / ${cell.fault} / ${timesOf(cell)}: ${flaw}`];
  });
  return { tried: cells.length, right: cells.length - wrong.length, wrong, table: drawTable(matrix, cells, flaws) };
}

function cellsOf({ operations, faults, applies }: FaultMatrix): MatrixCell[] {
  return faults.flatMap((fault) =>
    operations
      .filter((operation) => applies(operation, fault))
      .flatMap((operation) => TIMES.map((times) => ({ operation, fault, times }))),
  );
}

async function runBounded(matrix: FaultMatrix, cell: MatrixCell): Promise<string | undefined> {
  const done = new AbortController();
  const late = delay(matrix.deadlineMs, `not settled after ${matrix.deadlineMs} ms`, { signal: done.signal });
  late.catch(() => {}); // the timer of a cell that settled
  try {
    return await Promise.race([matrix.run(cell), late]);
  } catch (error) {
    return `the check failed: ${String(error)}`;
  } finally {
    done.abort();
  }
}

function drawTable(matrix: FaultMatrix, cells: MatrixCell[], flaws: Map<MatrixCell, string | undefined>): string {
  const score = (fault: string, operation: string) => {
    const tried = cells.filter((cell) => cell.fault === fault && cell.operation === operation);
    const right = tried.filter((cell) => flaws.get(cell) === undefined).length;
    return tried.length === 0 ? "–" : `${right}/${tried.length}`;
  };
  const rows = matrix.faults.map((fault) => [fault, ...matrix.operations.map((operation) => score(fault, operation))]);
  return drawRows([["cells right/tried", ...matrix.operations], ...rows]);
}

function drawRows(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function timesOf({ times }: MatrixCell): string {
  return times === Number.POSITIVE_INFINITY ? "for ever" : `${times} ×`;
}
