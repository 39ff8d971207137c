import { Filesystem, StowageError } from "@stowage/core";
import { CallTrace } from "../case/call-trace.ts";
import { textBytes } from "../case/content.ts";
import type { Harness, Namespace } from "../case/namespace.ts";
import { tracedLines } from "./naming.ts";
import { TimeoutError, withTimeout } from "./with-timeout.ts";

/** The id under which a driver is reported that nothing else can be asked about. */
export const PROBE_ID = "shape/answers";
export const PROBE_TITLE = "the harness makes a filesystem, and each method of its driver answers, in the right shape";

/**
 * Uses a driver once, and returns why no case can say anything about it: a harness that makes no filesystem, a driver of the wrong
 * shape, one that cannot be opened, one that does not answer in time. Nothing if there is no such reason: all else is for the cases.
 */
export async function probe(harness: Harness, timeoutMs: number): Promise<Error | undefined> {
  const trace = new CallTrace();
  try {
    const namespace = await withTimeout(Promise.resolve(harness.create?.()), timeoutMs, "create()");
    try {
      await withTimeout(use(namespace, trace), timeoutMs, "a first use of each method");
    } finally {
      Promise.resolve(namespace?.dispose?.()).catch(() => {}); // an error of its own is for the cases
    }
    return undefined;
  } catch (error) {
    return explained(error, trace);
  }
}

async function use(namespace: Namespace, trace: CallTrace): Promise<void> {
  const { driver } = opened(namespace);
  const filesystem = new Filesystem(trace.watch(driver));
  const key = `probe-${crypto.randomUUID()}`;
  await filesystem.open();
  assertClassification(driver.classify(new Error("an error that nobody knows")));
  const calls = [
    () => filesystem.write(key, textBytes("probe")),
    () => filesystem.stat(key),
    () => filesystem.list({ prefix: key }).next(),
    async () => (await filesystem.read(key)).content.toArray(),
    () => filesystem.delete(key),
  ];
  for (const call of calls) await call().catch(throwIfShapeIsWrong);
  await filesystem.close().catch(throwIfShapeIsWrong);
  if (trace.pending().length > 0) throw new TimeoutError("a first use of each method does not end");
}

function opened(namespace: unknown): Filesystem {
  if (typeof (namespace as Namespace | undefined)?.open !== "function") {
    throw new WrongShape("create() returns no place: it has to return { open: () => Filesystem }, or a promise of it");
  }
  const handle: unknown = (namespace as Namespace).open();
  if (handle instanceof Filesystem) return handle;
  if (handle instanceof Promise) {
    handle.catch(() => {}); // it is refused for what it is
    throw new WrongShape("open() returns a promise: it has to return a Filesystem at once, which opens itself");
  }
  const isDriver = typeof (handle as { stat?: unknown } | undefined)?.stat === "function";
  const advice = isDriver ? "a driver: write open: () => new Filesystem(driver)" : "no Filesystem";
  throw new WrongShape(`open() returns ${advice}`);
}

class WrongShape extends Error {}

function assertClassification(classification: unknown): void {
  const { code, retryable } = (classification ?? {}) as { code?: unknown; retryable?: unknown };
  if (typeof code === "string" && typeof retryable === "boolean") return;
  throw new WrongShape(
    "the driver's classify returns something else than { code, retryable } for an error it does not know",
  );
}

function throwIfShapeIsWrong(error: unknown): void {
  if (error instanceof StowageError && error.reason === "driver-shape") throw error;
}

function explained(error: unknown, trace: CallTrace): Error {
  const text = error instanceof Error ? error.message : String(error);
  const message = text.replace(/^cannot .*: (?=the driver's )/, ""); // the call was the suite's own
  const isShape = error instanceof WrongShape || (error instanceof StowageError && error.code !== "TIMEOUT");
  const lines = isShape ? [] : tracedLines(trace);
  return new Error([message, ...lines].join("\n"), { cause: error });
}
