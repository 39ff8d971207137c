import { pairedRatio, type Spread, spreadOf } from "../statistics.ts";
import type { Direction, ServerKind, Service } from "./job.ts";
import type { Round, TransferResult } from "./measure-transfers.ts";

/** What is told of one contender against one server. */
export interface Summary {
  readonly server: ServerKind;
  readonly service: Service;
  readonly direction: Direction;
  readonly title: string;
  readonly role: "stowage" | "peer" | "floor";
  /** Millions of bytes in a second. */
  readonly throughput: Spread;
  /** Seconds of user and system time for 1,000,000,000 bytes. */
  readonly cpuPerGb: Spread;
  /** Bytes, the highest of all rounds. */
  readonly peakRss: number;
  readonly isEqual: boolean;
  /** To the peer in the same rounds. Absent for the peer and the floor. */
  readonly toPeer?: { readonly throughput: Spread; readonly cpuPerGb: Spread; readonly peakRss: number };
}

/** Sums the rounds up, each contender beside its peer. */
export function summarise(results: readonly TransferResult[], size: number): Summary[] {
  return results.map((result) => {
    const { contender, server, rounds } = result;
    const { title, role, service, direction } = contender;
    const figures = figuresOf(rounds, size);
    const peer = role === "stowage" ? peerOf(result, results) : undefined;
    return {
      ...{ server, service, direction, title, role },
      throughput: spreadOf(figures.throughput),
      cpuPerGb: spreadOf(figures.cpuPerGb),
      peakRss: figures.peakRss,
      isEqual: rounds.every(({ isEqual }) => isEqual),
      ...(peer && { toPeer: compare(figures, figuresOf(peer.rounds, size)) }),
    };
  });
}

type Figures = ReturnType<typeof figuresOf>;

function figuresOf(rounds: readonly Round[], size: number) {
  return {
    throughput: rounds.map(({ wallMs }) => size / 1e3 / wallMs),
    cpuPerGb: rounds.map(({ cpuMs }) => cpuMs / 1e3 / (size / 1e9)),
    peakRss: Math.max(...rounds.map(({ peakRss }) => peakRss)),
  };
}

function compare(ours: Figures, peers: Figures) {
  return {
    throughput: pairedRatio(ours.throughput, peers.throughput),
    cpuPerGb: pairedRatio(ours.cpuPerGb, peers.cpuPerGb),
    peakRss: ours.peakRss / peers.peakRss,
  };
}

function peerOf({ contender, server }: TransferResult, results: readonly TransferResult[]): TransferResult | undefined {
  const { service, direction } = contender;
  return results.find((other) => {
    const { role, service: otherService, direction: otherDirection } = other.contender;
    return role === "peer" && other.server === server && otherService === service && otherDirection === direction;
  });
}
