import { onAbort } from "../../abort.ts";
import { StowageError } from "../../errors.ts";
import type { FileInfo, WriteObjectOptions } from "../driver.ts";
import { FanOut, type FanOutReader } from "./fan-out.ts";
import { allFailed, type MirrorDestination } from "./mirror-destination.ts";

interface CopyRequest {
  readonly key: string;
  readonly content: AsyncIterable<Uint8Array>;
  readonly options: WriteObjectOptions;
}

type Outcome = { readonly info: FileInfo; readonly error?: undefined } | { readonly error: StowageError };

interface Attempt {
  readonly destination: MirrorDestination;
  readonly reader: FanOutReader;
  /** Never rejects. */
  readonly outcome: Promise<Outcome>;
}

/**
 * Stores the content in all destinations, and resolves once every one has settled with what the first successful one
 * stored. Rejects if none did; with `ifNotExists` also if the key is taken in any that was asked, before one is changed.
 */
export async function writeCopies(destinations: readonly MirrorDestination[], request: CopyRequest): Promise<FileInfo> {
  const { signal } = request.options;
  const fanOut = new FanOut(request.content);
  const readers = destinations.map((destination) => ({ destination, reader: fanOut.add() }));
  const attempts = readers.map((entry) => ({ ...entry, outcome: attemptCopy(entry, fanOut, request) }));
  const forgetSignal = onAbort(signal, () => fanOut.fail(signal.reason)); // wakes those that wait for their end
  try {
    await fanOut.finished;
    if (fanOut.hasEnded) await commitInOrder(attempts, fanOut, request);
    return await report(attempts, fanOut);
  } finally {
    forgetSignal();
  }
}

async function attemptCopy(
  { destination, reader }: Omit<Attempt, "outcome">,
  fanOut: FanOut,
  { key, options }: CopyRequest,
): Promise<Outcome> {
  try {
    const info = await destination.call(options.signal, async (driver) => {
      const stored = await driver.write(key, reader, options);
      assertWhole(stored, reader, fanOut);
      return stored;
    });
    return { info };
  } catch (thrown) {
    const error = destination.translate(thrown);
    if (options.ifNotExists && error.code === "ALREADY_EXISTS") fanOut.fail(error);
    return { error };
  } finally {
    fanOut.leave(reader);
  }
}

function assertWhole({ size }: FileInfo, { sawEnd }: FanOutReader, fanOut: FanOut): void {
  if (!sawEnd) throw new StowageError("INTERNAL", "the driver committed before the content ended");
  if (size !== fanOut.size) {
    throw new StowageError("SIZE_MISMATCH", `the storage holds ${size} of ${fanOut.size} bytes`);
  }
}

/** Lets one destination after the other commit until one has, and then all the rest at once. */
async function commitInOrder(attempts: readonly Attempt[], fanOut: FanOut, request: CopyRequest): Promise<void> {
  for (const { reader, outcome } of attempts) {
    if (!fanOut.hasEnded) return;
    if (request.options.ifNotExists && fanOut.isReading(reader)) await refuseTaken(attempts, reader, fanOut, request);
    fanOut.end(reader);
    const { error } = await outcome; // one that left early may still say that the key is taken
    if (!error) break;
  }
  for (const { reader } of attempts) fanOut.end(reader);
}

/**
 * Looks for the key in the destinations that do not decide: it may be there and not in the one that does. One that
 * cannot answer has no say; its own write tells.
 */
async function refuseTaken(
  attempts: readonly Attempt[],
  decider: FanOutReader,
  fanOut: FanOut,
  { key, options: { signal } }: CopyRequest,
): Promise<void> {
  const others = attempts.filter(({ reader }) => reader !== decider && fanOut.isReading(reader));
  const answers = others.map(({ destination }) => {
    return destination
      .call(signal, (driver) => driver.stat(key, { signal }))
      .then(
        () => destination.name,
        () => undefined,
      );
  });
  const holder = (await Promise.all(answers)).find((name) => name !== undefined);
  if (holder !== undefined) fanOut.fail(new StowageError("ALREADY_EXISTS", `${holder}: the key is taken`));
}

async function report(attempts: readonly Attempt[], fanOut: FanOut): Promise<FileInfo> {
  const outcomes = await Promise.all(attempts.map(({ outcome }) => outcome));
  const copies = attempts.map(({ destination: { name } }, index) => {
    const error = outcomes[index]?.error;
    return error ? { name, error } : { name };
  });
  for (const outcome of outcomes) if ("info" in outcome) return { ...outcome.info, copies };
  throw fanOut.failure ?? allFailed(copies.flatMap(({ error }) => error ?? []));
}
