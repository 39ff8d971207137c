import { Agent, request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { readTree } from "@stowage/test-kit/tree";
import { expect, it, vi } from "vitest";
import { expectAnswer, UNAUTHORIZED } from "../bed/answers.ts";
import { archiveOf } from "../bed/archive-of.ts";
import { ADMIN, type Bed, DATA, FILE_TOKEN, makeBed, plainAuth } from "../bed/bed.ts";
import { EndlessDriver } from "../bed/endless-driver.ts";
import { BOUNDARY, formBytes } from "../bed/forms.ts";
import { headOf, rawConnection, readToEnd } from "../bed/raw-exchange.ts";

const MULTIPART = { "content-type": `multipart/form-data; boundary=${BOUNDARY}` };

it("an archive goes up and comes down over a socket, byte for byte", async () => {
  const bed = await makeBed({
    data: { "random.bin": Array.from({ length: 200_000 }, (_, index) => index * 7919).join() },
  });
  const { url } = await bed.listen();
  const archive = await archiveOf(bed);
  const body = new FormData();
  body.append("file", new File([new Uint8Array(archive)], "new.zip"));

  await expectAnswer(await fetch(`${url}/api/backups/upload`, { method: "POST", headers: ADMIN, body }), 204);
  const response = await fetch(`${url}/api/backups/new.zip?token=${FILE_TOKEN}`);

  expect(archive.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
});

it("every answer over a socket has its length, and HEAD the length of what GET would send", async () => {
  const bed = await makeBed();
  await bed.manager.create({ name: "a.zip" });
  const { url } = await bed.listen();
  const lengthOf = async (method: string, path: string) => {
    const response = await fetch(url + path, { method, headers: ADMIN });
    return [response.headers.get("content-length"), String((await response.arrayBuffer()).byteLength)];
  };

  const [length, size] = await lengthOf("GET", `/api/backups/a.zip?token=${FILE_TOKEN}`);
  expect(length).toBe(size);
  expect(await lengthOf("HEAD", `/api/backups/a.zip?token=${FILE_TOKEN}`)).toEqual([length, "0"]);
  for (const path of ["/api/backups", "/nowhere", "/api/backups/absent?token=x"]) {
    const [announced, sent] = await lengthOf("GET", path);
    expect(announced).toBe(sent);
  }
});

it("the handler knows the address of the client", async () => {
  const authenticate = vi.fn(plainAuth.authenticate);
  const bed = await makeBed({ handler: { auth: { ...plainAuth, authenticate } } });
  const { url } = await bed.listen();

  await fetch(`${url}/api/backups`, { headers: ADMIN });

  expect(authenticate).toHaveBeenCalledWith(expect.anything(), { remoteAddress: "127.0.0.1" });
});

it("a refused upload is answered at once, read on within bounds, and its connection closed", async () => {
  const bed = await makeBed();
  const { port } = await bed.listen();
  const socket = await rawConnection(port);
  const answered = readToEnd(socket);
  socket.write(
    headOf("POST", "/api/backups/upload", { ...MULTIPART, authorization: "nobody", "content-length": 1e12 }),
  );
  const piece = Buffer.alloc(1024 * 1024);
  const send = () => void (!socket.destroyed && socket.write(piece, (error) => !error && send()));
  send();

  const answer = await answered;

  expect(answer).toMatch(/^HTTP\/1.1 401 /);
  expect(answer.toLowerCase()).toContain("connection: close");
  expect(answer).toContain(JSON.stringify(UNAUTHORIZED));
  expect(socket.bytesWritten).toBeLessThan(100 * 1024 * 1024);
});

it("a refused request with a small body keeps its connection", async () => {
  const bed = await makeBed();
  const { port } = await bed.listen();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ports: (number | undefined)[] = [];
  for (let round = 0; round < 3; round++) {
    await new Promise<void>((resolve, reject) => {
      const sent = request({ port, agent, host: "127.0.0.1", method: "POST", path: "/api/backups" }, (answer) => {
        ports.push(answer.socket.localPort);
        expect(answer.statusCode).toBe(401);
        answer.resume().on("end", resolve);
      });
      sent.on("error", reject).end('{"name":"a.zip"}');
    });
  }
  agent.destroy();

  expect(new Set(ports).size).toBe(1);
});

it("a client that leaves in the middle of an upload leaves nothing", async () => {
  const bed = await makeBed();
  const { port } = await bed.listen();
  const bytes = formBytes({ content: await archiveOf(bed) });
  for (const offset of [150, 200, bytes.length - 1]) {
    const started = nextOf("start", bed);
    const failed = nextOf("failed", bed);
    const socket = await rawConnection(port);
    socket.write(headOf("POST", "/api/backups/upload", { ...MULTIPART, "content-length": bytes.length }));
    socket.write(bytes.subarray(0, offset));
    await started;
    socket.destroy();

    expect(await failed).toBe("upload");
  }
  expect(await bed.keys()).toEqual([]);
  expect(await readTree(bed.dataDir)).toEqual(DATA);
});

it("a client that sends nothing of its body is ended", async () => {
  const bed = await makeBed({ listener: { idleTimeoutMs: 50 } });
  const { port } = await bed.listen();
  const bytes = formBytes({ content: await archiveOf(bed) });
  for (const offset of [0, 50, bytes.length - 1]) {
    const socket = await rawConnection(port);
    socket.write(headOf("POST", "/api/backups/upload", { ...MULTIPART, "content-length": bytes.length }));
    socket.write(bytes.subarray(0, offset));

    expect(await readToEnd(socket)).toMatch(/^HTTP\/1.1 400 /);
  }
  expect(await bed.keys()).toEqual([]);
});

it("a client that takes nothing is ended, and what it asked for is let go", async () => {
  const driver = new EndlessDriver();
  const bed = await makeBed({ driver, listener: { idleTimeoutMs: 50 } });
  const { port } = await bed.listen();
  const socket = await rawConnection(port);
  socket.pause().on("error", () => {});
  socket.write(headOf("GET", `/api/backups/a.zip?token=${FILE_TOKEN}`));

  await vi.waitFor(() => expect([driver.chunks > 0, driver.openCount]).toEqual([true, 0]), { timeout: 20_000 });

  expect(driver.chunks * 64 * 1024).toBeLessThan(64 * 1024 * 1024);
});

it("a client that leaves in the middle of a download lets go of it", async () => {
  const driver = new EndlessDriver();
  const bed = await makeBed({ driver });
  const { url } = await bed.listen();
  const response = await fetch(`${url}/api/backups/a.zip?token=${FILE_TOKEN}`);
  const reader = response.body?.getReader();
  await reader?.read();
  expect(driver.openCount).toBe(1);

  await reader?.cancel();

  await vi.waitFor(() => expect(driver.openCount).toBe(0), { timeout: 20_000 });
  expect(bed.errors).toEqual([]);
});

it("the time in which the server works is not the client's", async () => {
  const bed = await makeBed({
    listener: { idleTimeoutMs: 20 },
    manager: { hooks: { beforeSnapshot: () => wait(200) } },
  });
  const { url } = await bed.listen();

  await expectAnswer(await fetch(`${url}/api/backups`, { method: "POST", headers: ADMIN }), 204);
});

it.each([
  ["TRACE", "/api/backups", 400],
  ["OPTIONS", "*", 400],
  ["GET", "http://evil.example/api/health", 200],
  ["GET", "//evil.example/api/health", 404],
  ["GET", "http://evil.example?x", 404],
  ["GET", "/api/backups/../../etc/passwd", 400],
  ["GET", "/api/./health", 400],
  ["GET", "/api/health/..", 400],
  ["GET", "/x/../api/health", 400],
  ["GET", "/x/%2e%2e/api/health", 400],
  ["GET", "/x/.%2E/api/health", 400],
  ["GET", "/x/%2e/api/health", 400],
  ["GET", "\\api\\health", 400],
  ["GET", "/api\\health", 400],
  ["GET", "/api/backups/a\\..\\b", 400],
  ["GET", "http://evil.example/x/../api/health", 400],
  ["GET", "http://evil.example\\api/health", 400],
  ["GET", "//api/health", 404],
  ["GET", "/api//health", 404],
  ["GET", "/api/health#x", 400],
  ["GET", "/api/health?x=/../y\\z", 200],
  ["GET", "/api/backups/gr\u00f6\u00dfe.zip", 400],
  ["GET", "/api/backups/..%2f..%2fetc%2fpasswd?token=a-file-token", 404],
  ["DELETE", "/api/backups/%", 400],
])("%s %s is answered with %i", async (method, path, status) => {
  const bed = await makeBed();
  const { port } = await bed.listen();
  const socket = await rawConnection(port);
  socket.write(Buffer.from(headOf(method, path, { connection: "close" }), "latin1"));

  expect(await readToEnd(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});

it.each([
  ["a method that web requests do not know", headOf("TRACE", "/api/backups", { connection: "close" }), 400],
  ["a path with dots", headOf("GET", "/x/../api/backups", { connection: "close" }), 400],
  ["an unknown method", headOf("FROB", "/api/backups"), 400],
  ["no request", "hello\r\n\r\n", 400],
  ["100 KB of a header", headOf("GET", "/api/backups", { x: "x".repeat(100_000) }), 431],
])("%s is refused with a body and the headers of every answer", async (_, head, status) => {
  const bed = await makeBed();
  const { port } = await bed.listen();
  const socket = await rawConnection(port);
  socket.write(head);

  const [headers = "", body = ""] = (await readToEnd(socket)).split("\r\n\r\n");

  expect(headers).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(headers.toLowerCase()).toContain("x-content-type-options: nosniff");
  expect(JSON.parse(body)).toEqual({ code: status, status, message: expect.any(String), data: {} });
});

it("what is no request behind a good one ends the connection, after the answer to the good one", async () => {
  const bed = await makeBed();
  const { port } = await bed.listen();
  const socket = await rawConnection(port);
  const answered = readToEnd(socket);
  socket.write(headOf("GET", "/api/health"));
  await new Promise((resolve) => socket.once("data", resolve));
  socket.write("hello\r\n\r\n");

  expect((await answered).match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 400"]);
});

/** The operation of the next such event. */
function nextOf(event: "start" | "failed", { manager }: Bed): Promise<string> {
  return new Promise((resolve) => {
    const stop = manager.on(event, ({ operation }) => {
      stop();
      resolve(operation);
    });
  });
}
