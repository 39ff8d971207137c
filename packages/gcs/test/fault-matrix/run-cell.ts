import { StowageError } from "@stowage/core";
import type { MatrixCell, RecordedRequest } from "@stowage/test-kit";
import { COMMITS, FAULTS, type MatrixFault, type Operation } from "./faults.ts";
import type { MatrixBed } from "./matrix-bed.ts";
import { MATRIX_OPERATIONS, OLD } from "./operations.ts";

const ATTEMPTS = 5;
const START = MATRIX_OPERATIONS["write: start"];

/** A cell that has run. */
interface Trial {
  readonly key: string;
  readonly operation: Operation;
  readonly fault: MatrixFault;
  /** What the call threw, or what it found wrong about its result. */
  readonly outcome: unknown;
}

/** Strikes one call. Resolves with what was wrong, or with nothing. */
export async function runCell(bed: MatrixBed, cell: MatrixCell): Promise<string | undefined> {
  const operation = cell.operation as Operation;
  const fault = FAULTS[cell.fault] as MatrixFault;
  const { times } = cell;
  const { startsWithOld, match, call } = MATRIX_OPERATIONS[operation];
  const key = `${operation}.${cell.fault}.${times}`.replaceAll(/[^\w.]/g, "-");
  if (startsWithOld) await bed.direct.write(key, OLD);

  let isOver = false;
  const matchKey = (request: RecordedRequest) => !isOver && match(request, key);
  const strikes = bed.proxy.inject({ match: matchKey, fault: fault.fault, times });
  const filesystem = cell.fault.startsWith("hang") ? bed.impatient : bed.struck;
  const outcome = await call(filesystem, key).catch((error: unknown) => error);
  isOver = true;

  if (strikes() === 0) return "the fault struck nothing";
  const trial = { key, operation, fault, outcome };
  return wrongOutcome(trial, expectedCode(trial, times)) ?? (await wrongAftermath(bed, trial));
}

/** The code that the call must fail with, or nothing if it must succeed. */
function expectedCode({ fault, operation }: Trial, times: number): string | undefined {
  if (fault.isRetried && times < ATTEMPTS) return undefined;
  return fault.commits && COMMITS.includes(operation) ? undefined : fault.code;
}

function wrongOutcome({ outcome }: Trial, code: string | undefined): string | undefined {
  if (!(outcome instanceof Error))
    return code === undefined ? (outcome as string | undefined) : `succeeds, not ${code}`;
  if (!(outcome instanceof StowageError)) return `throws a bare ${String(outcome)}`;
  if (outcome.code === code) return undefined;
  return `fails with ${outcome.code} rather than ${code ?? "succeed"}: ${outcome.message}`;
}

/** After a failure the old state stands, or the new one if only the answer was lost. Nothing may stay open. */
async function wrongAftermath(bed: MatrixBed, { key, operation, fault, outcome }: Trial): Promise<string | undefined> {
  const { startsWithOld, result } = MATRIX_OPERATIONS[operation];
  const before = startsWithOld ? OLD : undefined;
  const hasFailed = outcome instanceof Error;
  const legal = hasFailed ? [before, ...(fault.commits ? [result] : [])] : [result];
  const found = await contentOf(bed, key);
  if (!legal.some((content) => isSame(content, found))) return `${found?.length ?? "no"} bytes lie under the key`;
  const isStarted = operation !== "write: start" || !hasFailed;
  return openUploads(bed, key) > lostStarts(bed, key, isStarted) ? "an upload stays open" : undefined;
}

function openUploads({ server }: MatrixBed, key: string): number {
  return server.openUploads().filter((name) => name === key).length;
}

/** How many uploads were started without the client learning of them: those it cannot cancel. */
function lostStarts({ proxy }: MatrixBed, key: string, isStarted: boolean): number {
  const starts = proxy.requests.filter((request) => START.match(request, key)).length;
  return isStarted ? Math.max(0, starts - 1) : starts;
}

async function contentOf({ direct }: MatrixBed, key: string): Promise<Buffer | undefined> {
  if (!(await direct.exists(key))) return undefined;
  const { content } = await direct.read(key);
  return Buffer.concat(await content.toArray());
}

function isSame(left: Buffer | undefined, right: Buffer | undefined): boolean {
  return left === undefined || right === undefined ? left === right : left.equals(right);
}
