import { setTimeout as wait } from "node:timers/promises";
import { expect, it } from "vitest";
import { adminAuthentication } from "../../src/index.ts";
import { quickHash } from "../auth/admins-for-tests.ts";
import { expectAnswer, refusal } from "../bed/answers.ts";
import { archiveOf } from "../bed/archive-of.ts";
import { makeBed } from "../bed/bed.ts";
import { formBytes, uploadOf } from "../bed/forms.ts";
import { headOf, rawConnection, readToEnd } from "../bed/raw-exchange.ts";

const TIMEOUT = refusal(408, "Request Timeout.");
const LOGIN = "/api/admins/auth-with-password";

/** A body that goes on and on, a byte at a time. */
function trickle() {
  const state = { isCancelled: false, chunks: 0 };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        state.chunks++;
        await wait(5);
        controller.enqueue(Buffer.from(" "));
      },
      cancel: () => {
        state.isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, state };
}

const auth = adminAuthentication({
  admins: [{ email: "admin@example.com", passwordHash: await quickHash("any") }],
  secret: "a secret of the tests with 32 bytes or more",
});

it.each([
  ["create", "/api/backups", {}],
  ["log-in", LOGIN, { auth }],
  ["log-in below a base path", `/app${LOGIN}`, { auth, basePath: "/app" }],
])("the body of a %s that trickles is ended when its time is over", async (_, path, handler) => {
  const { send, keys } = await makeBed({ handler: { ...handler, bodyTimeoutMs: 60 } });
  const { body, state } = trickle();

  await expectAnswer(await send("POST", path, { body }), 408, TIMEOUT);

  expect(state.isCancelled).toBe(true);
  expect(await keys()).toEqual([]);
});

it("over a socket too, although the client is never idle", async () => {
  const bed = await makeBed({ handler: { bodyTimeoutMs: 100 }, listener: { idleTimeoutMs: 5_000 } });
  const { port } = await bed.listen();
  const socket = await rawConnection(port);
  const answered = readToEnd(socket);
  socket.write(headOf("POST", "/api/backups", { "content-type": "application/json", "content-length": 8_000 }));
  const timer = setInterval(() => socket.write(" "), 10);

  expect(await answered).toMatch(/^HTTP\/1\.1 408 /);

  clearInterval(timer);
});

it("an upload may take as long as it likes", async () => {
  const bed = await makeBed({ handler: { bodyTimeoutMs: 1 } });
  const bytes = formBytes({ content: await archiveOf(bed) });
  const pieces = [bytes.subarray(0, 20), bytes.subarray(20, 200), bytes.subarray(200)];
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const piece = pieces.shift();
      if (!piece) return controller.close();
      await wait(20);
      controller.enqueue(piece);
    },
  });

  await expectAnswer(await bed.send("POST", "/api/backups/upload", { ...uploadOf(bytes), body }), 204);
});

it("the time in which a backup is made is not that of the body", async () => {
  const { send, keys } = await makeBed({
    handler: { bodyTimeoutMs: 50 },
    manager: { hooks: { beforeSnapshot: () => wait(150) } },
  });
  const headers = { authorization: "an-admin", "content-type": "application/json" };

  await expectAnswer(await send("POST", "/api/backups", { body: '{"name":"a.zip"}', headers }), 204);

  expect(await keys()).toEqual(["a.zip"]);
});
