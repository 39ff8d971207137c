import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Starts a server on a free port of 127.0.0.1. `close` breaks open connections and resolves when the port is free. */
export async function listen(server: Server): Promise<{ endpoint: string; close(): Promise<void> }> {
  server.requestTimeout = 0;
  server.on("connection", (socket) => socket.unref()); // who counts what a client in this process holds does not mean its other end
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
