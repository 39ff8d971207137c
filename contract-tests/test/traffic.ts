import { Filesystem, type FilesystemDriver } from "@stowage/core";
import type { Variant } from "../src/case/case-context.ts";
import type { Namespace } from "../src/case/namespace.ts";
import { cases } from "../src/cases.ts";
import { interceptCalls } from "../src/faults/intercept-calls.ts";
import { wrapDriver } from "../src/faults/wrap-driver.ts";
import { runCase } from "../src/run/run-case.ts";
import { variantsOf } from "../src/run/variants.ts";
import { partedDriver } from "./parted-driver.ts";
import { ReferencePlace } from "./reference-place.ts";

/** What a run sends to a storage and fetches from it. Sizes are bytes. */
export interface Traffic {
  requests: number;
  sent: number;
  received: number;
}

export interface CaseTraffic extends Traffic {
  readonly id: string;
  readonly variant: Variant;
}

/** Counts what the fast tier costs on a storage with parts of `partSize` bytes, by case. */
export async function trafficOf(partSize: number): Promise<CaseTraffic[]> {
  const found: CaseTraffic[] = [];
  for (const contractCase of cases.filter(({ tier }) => tier === "fast")) {
    for (const variant of variantsOf(contractCase)) {
      const traffic = { requests: 0, sent: 0, received: 0 };
      const create = () => countedPlace(partSize, traffic);
      const outcome = await runCase(contractCase, { create }, { variant, settleMs: 1, seed: 1 });
      if (outcome.status === "failed") throw outcome.error;
      found.push({ id: contractCase.id, variant, ...traffic });
    }
  }
  return found;
}

export function sumOf(traffic: readonly Traffic[]): Traffic {
  const sum = { requests: 0, sent: 0, received: 0 };
  for (const { requests, sent, received } of traffic) {
    sum.requests += requests;
    sum.sent += sent;
    sum.received += received;
  }
  return sum;
}

function countedPlace(partSize: number, traffic: Traffic): Namespace {
  const place = new ReferencePlace();
  return {
    open: () => new Filesystem(counting(partedDriver(place, partSize), partSize, traffic)),
    residue: async () => [...place.uploads.keys()],
  };
}

/** Counts as an object store would be asked: a write in parts is a request for each, one to begin and one to commit. */
function counting(driver: FilesystemDriver, partSize: number, traffic: Traffic): FilesystemDriver {
  const simple = interceptCalls(driver, (verb, call) => {
    if (verb !== "close") traffic.requests++;
    return call();
  });
  return wrapDriver(simple, {
    read: async (key, options) => {
      const { info, content } = await simple.read(key, options);
      return {
        info,
        content: counted(content, (size) => {
          traffic.received += size;
        }),
      };
    },
    write: (key, content, options) => {
      let sent = 0;
      const requests = () => (sent <= partSize ? 1 : Math.ceil(sent / partSize) + 2);
      const count = (size: number) => {
        const before = requests();
        sent += size;
        traffic.sent += size;
        traffic.requests += requests() - before;
      };
      return simple.write(key, counted(content, count), options);
    },
  });
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  count: (size: number) => void,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of content) {
    count(chunk.length);
    yield chunk;
  }
}
