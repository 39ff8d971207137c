import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";

/** What Node and undici publish where a request or a connection begins, in the asynchronous context of whoever began it. */
const CHANNELS = [
  "http.client.request.start",
  "http2.client.stream.start",
  "undici:request:create",
  "net.client.socket",
] as const;

/**
 * Whether what is run sends anything over a socket. What others in the process send meanwhile, and the connections that they
 * hold, count for nothing.
 */
export async function sendsRequests(run: () => Promise<unknown>): Promise<boolean> {
  const context = new AsyncLocalStorage<true>();
  let isSeen = false;
  const note = () => {
    isSeen ||= context.getStore() === true;
  };
  for (const channel of CHANNELS) subscribe(channel, note);
  try {
    await context.run(true, run);
  } finally {
    for (const channel of CHANNELS) unsubscribe(channel, note);
    context.disable();
  }
  return isSeen;
}
