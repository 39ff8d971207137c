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
