import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { BackupManager, Filesystem, type OperationEvents } from "@stowage/core";
import { LocalDriver } from "@stowage/local";
import { type Authentication, createBackupsHandler } from "../../src/index.ts";
import { createBackupsServer, type NodeListenerOptions } from "../../src/node.ts";
import { LoadSinkDriver } from "./load-sink-driver.ts";

export interface LoadServerOrder {
  readonly dataDir: string;
  /** Where archives are kept; "sink" keeps none. */
  readonly storage: { readonly directory: string } | "sink";
  readonly listener?: NodeListenerOptions;
}

/** What the server tells when it is asked. */
export interface LoadServerReport {
  /** Listeners of the manager's events. */
  readonly listeners: number;
  readonly connections: number;
  /** What `onError` was told. */
  readonly errors: readonly string[];
}

/** Knows how many listen to it. */
class CountingManager extends BackupManager {
  listeners = 0;

  override on<E extends keyof OperationEvents>(event: E, listener: (...details: OperationEvents[E]) => void) {
    const stop = super.on(event, listener);
    this.listeners++;
    return () => {
      this.listeners--;
      stop();
    };
  }
}

const auth: Authentication = {
  authenticate: ({ headers }) => (headers.get("authorization") === "an-admin" ? "admin" : "none"),
  checkFileToken: (token) => (token === "a-file-token" ? "admin" : "none"),
};

const { dataDir, storage, listener } = JSON.parse(process.argv[2] ?? "") as LoadServerOrder;
const driver = storage === "sink" ? new LoadSinkDriver() : new LocalDriver(storage);
const manager = new CountingManager({ dataDir, filesystem: new Filesystem(driver) });
const errors: string[] = [];
const onError = (error: unknown) => void errors.push(String(error));
const server = createBackupsServer(createBackupsHandler({ manager, auth, onError }), listener);
server.listen(0, "127.0.0.1");
await once(server, "listening");
process.on("message", () => {
  server.getConnections((_error, connections) => {
    process.send?.({ listeners: manager.listeners, connections, errors } satisfies LoadServerReport);
  });
});
process.on("disconnect", () => process.exit()); // whoever started it has ended, however that came
process.send?.((server.address() as AddressInfo).port);
