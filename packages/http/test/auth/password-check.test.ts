import { expect, it } from "vitest";
import type { DeriveKey, ScryptCost } from "../../src/auth/password-hash.ts";
import { ANNA, answerTo, authenticationWith, deriveQuickly, loginRequest, PASSWORD } from "./admins-for-tests.ts";

const UNLIMITED = { burst: 10_000, intervalMs: 1 };
const RATES = { address: UNLIMITED, identity: UNLIMITED };

it("an unknown identity costs as much as a wrong password", async () => {
  const costs: Array<ScryptCost & { length: number; saltSize: number }> = [];
  const deriveKey: DeriveKey = (password, salt, length, cost) => {
    costs.push({ ...cost, length, saltSize: salt.length });
    return deriveQuickly(password, salt, length, cost);
  };
  const authentication = authenticationWith({}, { deriveKey });

  for (const identity of [ANNA.email, "nobody@example.com"]) {
    await answerTo(authentication, loginRequest({ identity, password: "wrong" }));
  }
  await answerTo(authenticationWith({ admins: [] }, { deriveKey }), loginRequest({ identity: "a", password: "b" }));

  const once = { N: 2 ** 17, r: 8, p: 1, length: 32, saltSize: 16 };
  expect(costs).toEqual([once, once, once]);
});

it("an unknown identity costs what the hashes of the admins cost", async () => {
  const costs: ScryptCost[] = [];
  const deriveKey: DeriveKey = (...parameters) => {
    costs.push(parameters[3]);
    return deriveQuickly(...parameters);
  };
  const admins = [{ ...ANNA, passwordHash: ANNA.passwordHash.replace("131072$8$1", "65536$16$2") }];
  const authentication = authenticationWith({ admins }, { deriveKey });

  for (const identity of [ANNA.email, "nobody@example.com"]) {
    await answerTo(authentication, loginRequest({ identity, password: "wrong" }));
  }

  expect(costs).toEqual([
    { N: 65536, r: 16, p: 2 },
    { N: 65536, r: 16, p: 2 },
  ]);
});

it("at most two hashes are made at once, sixteen wait, and the others are asked to come again", async () => {
  const { deriveKey, finishOne, running, mostRunning } = hashesThatWait();
  const authentication = authenticationWith({ rates: RATES }, { deriveKey });
  const logIn = () => answerTo(authentication, loginRequest({ identity: ANNA.email, password: PASSWORD }));
  const answers = Array.from({ length: 30 }, logIn);
  const refused = await Promise.all(await firstToSettle(answers, 12));

  expect(refused.map(({ status, headers }) => [status, headers.get("retry-after")])).toEqual(
    Array.from({ length: 12 }, () => [429, "5"]),
  );
  expect(running()).toBe(2);
  for (let i = 0; i < 5; i++) await finishOne();
  answers.push(...Array.from({ length: 5 }, logIn));
  for (let i = 0; i < 18; i++) await finishOne();

  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(23);
  expect(mostRunning()).toBe(2);
});

it("a hash that fails makes room for the next", async () => {
  const deriveKey: DeriveKey = async () => {
    throw new Error("out of memory");
  };
  const authentication = authenticationWith({ rates: RATES }, { deriveKey });
  for (let i = 0; i < 40; i++) {
    const login = answerTo(authentication, loginRequest({ identity: ANNA.email, password: PASSWORD }));
    await expect(login).rejects.toThrow("out of memory");
  }
});

it("a request that carries no password is not hashed", async () => {
  let derivations = 0;
  const deriveKey: DeriveKey = (...parameters) => {
    derivations++;
    return deriveQuickly(...parameters);
  };
  const authentication = authenticationWith({}, { deriveKey });
  const bodies = [{}, { identity: ANNA.email }, { identity: ANNA.email, password: "x".repeat(1025) }];
  for (const body of bodies) await answerTo(authentication, loginRequest(body));

  expect(derivations).toBe(0);
});

/** Makes hashes that end one by one, in the order in which they began. */
function hashesThatWait() {
  const pending: Array<() => void> = [];
  const begun: Array<() => void> = [];
  let running = 0;
  let mostRunning = 0;
  const deriveKey: DeriveKey = async (...parameters) => {
    running++;
    mostRunning = Math.max(mostRunning, running);
    await new Promise<void>((resolve) => {
      pending.push(resolve);
      begun.shift()?.();
    });
    running--;
    return deriveQuickly(...parameters);
  };
  const finishOne = async () => {
    if (pending.length === 0) await new Promise<void>((resolve) => begun.push(resolve));
    pending.shift()?.();
  };
  return { deriveKey, finishOne, running: () => running, mostRunning: () => mostRunning };
}

/** Returns the promises that settle first, as soon as there are so many. */
function firstToSettle<T>(promises: ReadonlyArray<Promise<T>>, count: number): Promise<Array<Promise<T>>> {
  return new Promise((resolve) => {
    const settled: Array<Promise<T>> = [];
    for (const promise of promises) {
      void promise.finally(() => {
        settled.push(promise);
        if (settled.length === count) resolve(settled);
      });
    }
  });
}
