import { expect, it } from "vitest";
import type { DeriveKey } from "../../src/auth/password-hash.ts";
import { ANNA, answerTo, authenticationWith, BERT, deriveQuickly, loginRequest, PASSWORD } from "./admins-for-tests.ts";

const RIGHT = { identity: ANNA.email, password: PASSWORD };
const WRONG = { identity: ANNA.email, password: "wrong" };
const RATES = { address: { burst: 3, intervalMs: 30_000 }, identity: { burst: 5, intervalMs: 15_000 } };
const TOO_MANY = { code: 429, status: 429, message: "Too Many Requests.", data: {} };

it("an address that fails too often is told when to come again, and is right about it", async () => {
  const { logIn, wait } = limited();
  for (let i = 0; i < 3; i++) expect((await logIn(WRONG)).status).toBe(400);

  const refused = await logIn(RIGHT);
  expect(refused.body).toEqual(TOO_MANY);
  expect(refused.headers.get("retry-after")).toBe("30");
  expect(refused.headers.get("cache-control")).toBe("no-store");

  wait(100);
  expect((await logIn(RIGHT)).headers.get("retry-after")).toBe("30");
  wait(29_899);
  expect((await logIn(RIGHT)).headers.get("retry-after")).toBe("1");
  wait(1);
  expect((await logIn(RIGHT)).status).toBe(200);
});

it("an address that fails does not lock others out", async () => {
  const { logIn } = limited();
  for (let i = 0; i < 100; i++) await logIn(WRONG, "192.0.2.1");

  expect((await logIn(RIGHT, "192.0.2.2")).status).toBe(200);
});

it("an identity that fails from many addresses is limited, whatever its case, known or not", async () => {
  for (const identity of [ANNA.email, "nobody@example.com"]) {
    const { logIn } = limited();
    const answers = [];
    for (let i = 0; i < 6; i++) {
      const written = i % 2 === 0 ? identity : identity.toUpperCase();
      answers.push(await logIn({ identity: written, password: "wrong" }, `192.0.2.${i}`));
    }

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 429]);
    expect(answers[5]?.headers.get("retry-after")).toBe("15");
    expect((await logIn({ identity: BERT.email, password: "other" }, "192.0.2.9")).status).toBe(200);
  }
});

it("a refusal by identity does not count for the address", async () => {
  const { logIn } = limited();
  for (let i = 0; i < 5; i++) await logIn(WRONG, `192.0.2.${i}`);
  for (let i = 0; i < 100; i++) expect((await logIn(RIGHT, "192.0.2.9")).status).toBe(429);

  expect((await logIn({ identity: BERT.email, password: "other" }, "192.0.2.9")).status).toBe(200);
});

it("log-ins that succeed count for nothing", async () => {
  const { logIn } = limited();
  for (let i = 0; i < 50; i++) expect((await logIn(RIGHT)).status).toBe(200);
});

it("a success between failures does not reset them", async () => {
  const { logIn } = limited();
  const statuses = [];
  for (const credentials of [WRONG, RIGHT, WRONG, RIGHT, WRONG, RIGHT])
    statuses.push((await logIn(credentials)).status);

  expect(statuses).toEqual([400, 200, 400, 200, 400, 429]);
});

it("attempts at the same moment count before any of them is judged", async () => {
  const { logIn, derived } = limited();
  const answers = await Promise.all(Array.from({ length: 50 }, () => logIn(WRONG)));

  expect(answers.filter(({ status }) => status === 400)).toHaveLength(3);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(47);
  expect(derived()).toBe(3);
});

it("the addresses of one IPv6 network count as one, and an IPv4 address as itself in either form", async () => {
  const { logIn } = limited();
  for (let i = 0; i < 3; i++) await logIn(WRONG, `2001:db8:0:1::${i}`);
  expect((await logIn(RIGHT, "2001:db8:0:1:ffff::1")).status).toBe(429);
  expect((await logIn(RIGHT, "2001:db8:0:2::1")).status).toBe(200);

  const again = limited();
  for (let i = 0; i < 3; i++) await again.logIn(WRONG, "192.0.2.1");
  expect((await again.logIn(RIGHT, "::ffff:192.0.2.1")).status).toBe(429);
});

it("the application can say what the address is", async () => {
  const { logIn } = limited({ clientAddress: (request) => request.headers.get("x-real-ip") ?? undefined });
  for (let i = 0; i < 3; i++) await logIn(WRONG, "192.0.2.1", { "x-real-ip": "198.51.100.1" });

  expect((await logIn(RIGHT, "192.0.2.1", { "x-real-ip": "198.51.100.1" })).status).toBe(429);
  expect((await logIn(RIGHT, "192.0.2.1", { "x-real-ip": "198.51.100.2" })).status).toBe(200);
});

it("by default one address alone cannot lock an admin out", async () => {
  const { logIn, wait } = limited({ rates: {} });
  for (let i = 0; i < 300; i++) {
    await logIn(WRONG, "192.0.2.1");
    expect((await logIn(RIGHT, "192.0.2.2")).status).toBe(200);
    wait(18_000);
  }
});

const HOUR = 3_600_000;
const THREE = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];

it("three addresses that fail for hours lock nobody out who comes from a fourth", async () => {
  const { logIn, wait } = limited({ rates: {} });
  for (let time = 0; time < 4 * HOUR; time += 10_000) {
    for (const address of THREE) await logIn(WRONG, address);
    if (time % 600_000 === 0) expect((await logIn(RIGHT, `2001:db8:0:${time / 600_000}::1`)).status).toBe(200);
    wait(10_000);
  }
});

it("somebody who mistypes twice at a new address is let in while three addresses fail", async () => {
  const { logIn, wait } = limited({ rates: {} });
  for (let time = 0; time < HOUR; time += 10_000) {
    for (const address of THREE) await logIn(WRONG, address);
    wait(10_000);
  }
  const statuses = [];
  for (const credentials of [WRONG, WRONG, RIGHT]) statuses.push((await logIn(credentials, "192.0.2.9")).status);

  expect(statuses).toEqual([400, 400, 200]);
});

it("an address with a good record is let in however many others fail, and only as this identity", async () => {
  const { logIn, wait } = limited({ rates: {} });
  expect((await logIn(RIGHT, "192.0.2.9")).status).toBe(200);
  for (let round = 0; round < 20; round++) {
    for (let i = 0; i < 40; i++) await logIn(WRONG, `2001:db8:${round}:${i}::1`);
    wait(1_000);
  }

  expect((await logIn(RIGHT, "192.0.2.8")).status).toBe(429);
  expect((await logIn(RIGHT, "192.0.2.9")).status).toBe(200);
  expect((await logIn({ identity: BERT.email, password: "wrong" }, "192.0.2.9")).status).toBe(400);
});

it("an address with a good record is limited for its own failures", async () => {
  const { logIn } = limited({ rates: { address: { burst: 100, intervalMs: 1000 }, identity: RATES.identity } });
  await logIn(RIGHT);
  const statuses = [];
  for (let i = 0; i < 6; i++) statuses.push((await logIn(WRONG)).status);

  expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
});

it("whoever holds a valid token of the admin is let in from an address that others have used up", async () => {
  const { logIn } = limited();
  const { body } = await logIn(RIGHT, "192.0.2.9");
  for (let i = 0; i < 20; i++) await logIn(WRONG, "192.0.2.1");
  const authorization = String(body.token);

  expect((await logIn(RIGHT, "192.0.2.1")).status).toBe(429);
  expect((await logIn(RIGHT, "192.0.2.1", { authorization: "a token of nobody" })).status).toBe(429);
  expect((await logIn({ identity: BERT.email, password: "other" }, "192.0.2.1", { authorization })).status).toBe(429);
  expect((await logIn(RIGHT, "192.0.2.1", { authorization })).status).toBe(200);
});

it("a token does not help to try passwords without a limit", async () => {
  const { logIn } = limited();
  const { body } = await logIn(RIGHT);
  const authorization = String(body.token);
  const statuses = [];
  for (let i = 0; i < 6; i++) statuses.push((await logIn(WRONG, `192.0.2.${i}`, { authorization })).status);

  expect(statuses).toEqual([400, 400, 400, 400, 400, 429]);
});

it("a failure of the admins' database counts for nothing", async () => {
  const { logIn } = limited({
    admins: () => {
      throw new Error("the database is away");
    },
  });
  for (let i = 0; i < 50; i++) await expect(logIn(WRONG)).rejects.toThrow("the database is away");
});

function limited(options: Parameters<typeof authenticationWith>[0] = {}) {
  let now = 0;
  let derivations = 0;
  const deriveKey: DeriveKey = (...parameters) => {
    derivations++;
    return deriveQuickly(...parameters);
  };
  const authentication = authenticationWith({ rates: RATES, ...options }, { elapsedMs: () => now, deriveKey });
  const logIn = (credentials: object, address = "192.0.2.1", headers: Record<string, string> = {}) => {
    const request = loginRequest(credentials);
    for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
    return answerTo(authentication, request, address);
  };
  const wait = (ms: number) => {
    now += ms;
  };
  return { logIn, wait, derived: () => derivations };
}
