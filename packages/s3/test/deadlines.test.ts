import { createServer } from "node:net";
import { hang } from "@stowage/test-kit";
import { expect, it, onTestFinished } from "vitest";
import { KIBIBYTE, pattern, startBed } from "./bed.ts";

it("a server that takes the request and never answers is given up", async () => {
  const { proxy, open } = await startBed();
  const filesystem = open({ idleTimeoutMs: 100, retry: { attempts: 2, baseMs: 0 } });
  proxy.inject({ match: () => true, fault: hang() });

  await expect(filesystem.open()).rejects.toMatchObject({ code: "TIMEOUT", retryable: true });
  expect(proxy.requests).toHaveLength(2);
});

it("a server that stops reading an upload is given up", async () => {
  const bed = await startBed();
  const deaf = createServer((socket) => socket.pause().on("error", () => {}));
  const sockets = new Set<import("node:net").Socket>();
  deaf.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => deaf.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    deaf.close();
  });
  const { port } = deaf.address() as { port: number };
  const filesystem = bed.open({
    endpoint: `http://127.0.0.1:${port}`,
    idleTimeoutMs: 100,
    retry: { attempts: 1 },
    partSize: 32 * 1_024 * KIBIBYTE,
  });

  const signal = new AbortController().signal;
  const write = filesystem.driver.write("key", one(pattern(20 * 1_024 * KIBIBYTE)), { signal });

  await expect(write).rejects.toMatchObject({ name: "TimeoutError" });
});

it("an abort does not wait for a server that does not answer", async () => {
  const { proxy, open } = await startBed();
  const controller = new AbortController();
  proxy.inject({
    match: () => true,
    fault: async (exchange) => {
      controller.abort();
      await hang()(exchange);
    },
  });

  await expect(open().stat("key", { signal: controller.signal })).rejects.toMatchObject({ code: "ABORTED" });
});

async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
