import { createServer, type Server } from "node:http";
import { basename } from "node:path";
import { toNodeListener } from "../../src/node.ts";
import { type Bed, type BedOptions, makeBed } from "./bed.ts";
import { LeakWatch } from "./leak-watch.ts";
import { listen } from "./listen.ts";

export interface WatchedBed extends Bed {
  readonly watch: LeakWatch;
  readonly server: Server;
  readonly url: string;
  readonly port: number;
  /** How many requests the handler has taken and not answered. */
  runningCount(): number;
}

/** A bed that listens, and whose every answer is looked at for leaks. */
export async function makeWatchedBed(options: BedOptions = {}): Promise<WatchedBed> {
  const watch = new LeakWatch();
  const bed = await makeBed(options);
  watch.hide(bed.directory, basename(bed.directory));
  const watched = watch.around(bed.handler);
  let running = 0;
  const server = createServer(
    toNodeListener(async (request, info) => {
      running++;
      try {
        return await watched(request, info);
      } finally {
        running--;
      }
    }, options.listener),
  );
  return { ...bed, ...(await listen(server)), watch, server, runningCount: () => running };
}
