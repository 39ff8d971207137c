import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { startGcsServer } from "@stowage/test-kit";
import { afterEach, expect, it, onTestFinished, vi } from "vitest";
import { gcsFilesystem } from "../src/index.ts";

afterEach(() => vi.unstubAllEnvs());

it("a server that accepts a connection and never greets is a timeout", async () => {
  const port = await listen(createServer());
  const options = { bucket: "bucket", apiEndpoint: `https://127.0.0.1:${port}`, connectTimeoutMs: 50 };
  await using filesystem = gcsFilesystem({ ...options, retry: { attempts: 2, baseMs: 1 } });
  await expect(filesystem.open()).rejects.toMatchObject({
    code: "TIMEOUT",
    message: /no connection was made within 50 ms/,
  });
});

it("requests go through the proxy that the environment names", async () => {
  const server = await startGcsServer();
  onTestFinished(() => server.close());
  const targets: string[] = [];
  const proxy = createHttpServer().on("connect", (request, client: Socket) => {
    targets.push(String(request.url));
    const [host, port] = String(request.url).split(":");
    const onward = connect(Number(port), host, () => client.write("HTTP/1.1 200 OK\r\n\r\n"));
    client.pipe(onward).pipe(client);
  });
  vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${await listen(proxy)}`);
  vi.stubEnv("NO_PROXY", "");
  const { bucket, apiEndpoint, credentials } = server;
  await using filesystem = gcsFilesystem({ bucket, apiEndpoint, credentials });
  expect(await filesystem.exists("a.zip")).toBe(false);
  expect(targets[0]).toBe(new URL(server.apiEndpoint).host);
});

it("an endpoint of one's own is asked without a token if there are no credentials", async () => {
  const headers: unknown[] = [];
  const server = createHttpServer((request, response) => {
    headers.push(request.headers.authorization);
    response.end(JSON.stringify({ kind: "storage#objects" }));
  });
  await using filesystem = gcsFilesystem({ bucket: "bucket", apiEndpoint: `http://127.0.0.1:${await listen(server)}` });
  await filesystem.open();
  expect(headers).toEqual([undefined]);
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}
