import { createServer } from "node:http";
import { listen } from "./listen.ts";

/** Starts a server that takes requests and never answers. */
export function startSilentServer(): Promise<{ endpoint: string; close(): Promise<void> }> {
  return listen(createServer(() => {}));
}
