import { expect, it } from "vitest";
import { ADMINS_PATH, answerTo, authenticationWith, post } from "./admins-for-tests.ts";

const LOGIN = `${ADMINS_PATH}/auth-with-password`;
const TOO_LARGE = { code: 413, status: 413, message: "Request entity too large.", data: {} };

it("a body that says to be over 8 KiB is not read", async () => {
  const { body, pulled } = endlessBody();
  const request = post(LOGIN, { body, duplex: "half", headers: { "content-length": "8193" } } as RequestInit);

  expect((await answerTo(authenticationWith(), request)).body).toEqual(TOO_LARGE);
  expect(pulled()).toBeLessThanOrEqual(1);
});

it("a body without a length is read up to 8 KiB and then let go", async () => {
  const { body, pulled, isCancelled } = endlessBody();
  const request = post(LOGIN, { body, duplex: "half" } as RequestInit);

  expect((await answerTo(authenticationWith(), request)).body).toEqual(TOO_LARGE);
  expect(isCancelled()).toBe(true);
  expect(pulled()).toBeLessThanOrEqual(11);
});

it("a body that breaks off is a request that cannot be read", async () => {
  const body = new ReadableStream({ pull: (controller) => controller.error(new Error("connection reset")) });
  const answer = await answerTo(authenticationWith(), post(LOGIN, { body, duplex: "half" } as RequestInit));

  expect(answer.status).toBe(400);
  expect(JSON.stringify(answer.body)).not.toContain("reset");
});

function endlessBody() {
  let pulls = 0;
  let cancelled = false;
  const body = new ReadableStream({
    pull: (controller) => {
      pulls++;
      controller.enqueue(new Uint8Array(1024));
    },
    cancel: () => {
      cancelled = true;
    },
  });
  return { body, pulled: () => pulls, isCancelled: () => cancelled };
}
