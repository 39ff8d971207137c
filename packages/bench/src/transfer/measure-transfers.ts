import { startChild } from "../child.ts";
import { rotated } from "../statistics.ts";
import { CONTENDERS, type Contender } from "./contenders.ts";
import type { ClientAnswer, ClientOrder, ServerAnswer, ServerKind, ServerOrder, Service } from "./job.ts";
import type { TransferOptions } from "./transfer-options.ts";

/** Milliseconds that one transfer or start may take, and for each GB of it. */
const PATIENCE_MS = 60_000;
const PATIENCE_PER_GB_MS = 180_000;

export interface Round {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRss: number;
  /** Whether the bytes that came back, or that the sink saw, are those that were sent. */
  readonly isEqual: boolean;
}

export interface TransferResult {
  readonly contender: Contender;
  readonly server: ServerKind;
  readonly rounds: readonly Round[];
}

export interface MeasureOptions {
  readonly signal: AbortSignal;
  /** Hears of each transfer before it starts. */
  readonly onStart: (title: string) => void;
}

/** Measures every contender against every server that is asked for, one process at a time beside the server's. */
export async function measureTransfers(options: TransferOptions, control: MeasureOptions): Promise<TransferResult[]> {
  const results: TransferResult[] = [];
  for (const kind of options.servers) {
    for (const service of ["s3", "gcs"] as const)
      results.push(...(await onServer({ kind, service }, options, control)));
  }
  return results;
}

async function onServer(
  { kind, service }: { kind: ServerKind; service: Service },
  { size, seed, rounds }: TransferOptions,
  control: MeasureOptions,
): Promise<TransferResult[]> {
  const order: ServerOrder = { kind, service, size, seed };
  const server = startChild<ServerAnswer>(
    new URL("./server-process.js", import.meta.url),
    order,
    limited(size, control),
  );
  try {
    const answer = await server.answer;
    const contenders = CONTENDERS.filter((contender) => contender.service === service);
    const measured = new Map<Contender, Round[]>(contenders.map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round++) {
      for (const contender of inOrder(contenders, round)) {
        control.onStart(`${kind}, ${service} ${contender.direction}, round ${round + 1}: ${contender.title}`);
        measured.get(contender)?.push(await oneTransfer(contender, order, { answer, control }));
      }
    }
    return contenders.map((contender) => ({ contender, server: kind, rounds: measured.get(contender) ?? [] }));
  } finally {
    await server.stop();
  }
}

/** Uploads come first, because downloads need an object. */
function inOrder(contenders: readonly Contender[], round: number): Contender[] {
  const going = (direction: string) => contenders.filter((contender) => contender.direction === direction);
  return [...rotated(going("up"), round), ...rotated(going("down"), round)];
}

async function oneTransfer(
  { client, direction }: Contender,
  { kind, size, seed }: ServerOrder,
  { answer, control }: { answer: ServerAnswer; control: MeasureOptions },
): Promise<Round> {
  const { place, digest: expected } = answer;
  const order: ClientOrder = { client, direction, place, size, seed, readsBack: kind === "double" };
  const child = startChild<ClientAnswer>(
    new URL("./client-process.js", import.meta.url),
    order,
    limited(size, control),
  );
  try {
    const { digest, ...figures } = await child.answer;
    const isSeenBySink = direction === "up" && kind === "sink"; // it would have refused other bytes
    return { ...figures, isEqual: isSeenBySink || digest === expected };
  } finally {
    await child.stop();
  }
}

function limited(size: number, { signal }: MeasureOptions): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS + (size / 1e9) * PATIENCE_PER_GB_MS)]);
}
