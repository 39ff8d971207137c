import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Exchange } from "../proxy/exchange.ts";
import type { Fault } from "../proxy/faults.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { recordRequest } from "../server/recorded-request.ts";
import type { LockRegister } from "./lock-register.ts";
import { type DescribeRequest, isOfGeneration, type LockRequest } from "./lock-request.ts";

/** Shares of the requests, from 0 to 1. */
interface LossRates {
  /** Lost before the storage sees them. */
  readonly requests: number;
  /** Of all replies. */
  readonly replies: number;
  /** Of the creations of a generation: all replies, and those to the driver's own questions about it, until it gives up. */
  readonly creations: number;
}

/** What came of the network's losses, in requests. */
export interface Losses {
  requests: number;
  replies: number;
}

interface LossyNetwork {
  readonly describe: DescribeRequest;
  readonly register: LockRegister;
  readonly rates: LossRates;
  readonly random: SeededRandom;
  readonly client: number;
  readonly losses: Losses;
}

/** The network of one client: loses some of its requests and of the replies to them, and notes what the storage did. */
export function lossyNetwork(network: LossyNetwork): Fault {
  const { describe, random, rates, losses } = network;
  let cutOff = ""; // the generation that the client cannot create or ask about
  return async (exchange) => {
    const request = describe(recordRequest(exchange.request));
    if (request.key !== cutOff || request.kind === "read") cutOff = "";
    if (isCreation(request) && random.next() < rates.creations) cutOff = request.key;
    const losesRequest = random.next() < rates.requests && cutOff === "";
    const losesReply = random.next() < rates.replies || cutOff !== "";
    if (losesRequest) losses.requests++;
    else if (losesReply) losses.replies++;
    if (losesRequest) return exchange.reset();
    await handOn(network, { exchange, request, losesReply });
  };
}

function isCreation(request: LockRequest): boolean {
  return request.kind === "create" && isOfGeneration(request);
}

async function handOn(
  { register, client }: LossyNetwork,
  { exchange, request, losesReply }: { exchange: Exchange; request: LockRequest; losesReply: boolean },
): Promise<void> {
  const body: Buffer[] = [];
  const sentAt = performance.now();
  const answer = await exchange.forward(copyingTo(body));
  const { statusCode = 500 } = answer;
  if (statusCode < 300) register.note(request, Buffer.concat(body).toString(), { client, sentAt, wasLost: losesReply });
  if (!losesReply) {
    exchange.writeHead(answer);
    return pipeline(answer, exchange.response);
  }
  for await (const _ of answer);
  exchange.reset();
}

function copyingTo(chunks: Buffer[]): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      chunks.push(chunk);
      callback(null, chunk);
    },
  });
}
