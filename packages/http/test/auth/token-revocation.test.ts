import { expect, it } from "vitest";
import {
  ADMINS_PATH,
  ANNA,
  answerTo,
  authenticationWith,
  BERT,
  NOW,
  PASSWORD,
  post,
  quickHash,
  SECRET,
  SUPERUSERS_PATH,
  tokenOf,
  withToken,
} from "./admins-for-tests.ts";

const LIFETIMES = { auth: 24 * 3600, file: 180 };
const issuer = authenticationWith();
const tokens = [await tokenOf(issuer, ADMINS_PATH), await tokenOf(issuer, SUPERUSERS_PATH)];
const fileToken = await issuer.createFileToken(withToken(String(tokens[0])));

it("tokens outlive the process that made them", async () => {
  const restarted = authenticationWith();

  for (const token of tokens) expect(await restarted.authenticate(withToken(token))).toBe("admin");
  expect(await restarted.checkFileToken(fileToken)).toBe("admin");
});

it.each<[string, ReturnType<typeof authenticationWith>]>([
  ["another secret", authenticationWith({ secret: `${SECRET}!` })],
  ["the admin removed", authenticationWith({ admins: [BERT] })],
  ["no admins", authenticationWith({ admins: [] })],
  ["another password", authenticationWith({ admins: [{ ...ANNA, passwordHash: await quickHash("new") }] })],
  [
    "the same password hashed again",
    authenticationWith({ admins: [{ ...ANNA, passwordHash: await quickHash(PASSWORD, "salt 2") }] }),
  ],
  ["another id", authenticationWith({ admins: [{ ...ANNA, id: "anna-2" }] })],
  ["an id that another admin took over", authenticationWith({ admins: [{ ...BERT, id: String(ANNA.id) }] })],
  ["shorter lifetimes", authenticationWith({ authTokenSeconds: 60, fileTokenSeconds: 60 })],
  ["the time passed", authenticationWith({}, { now: () => NOW + LIFETIMES.auth * 1000 })],
])("%s ends all tokens", async (_change, changed) => {
  for (const token of tokens) expect(await changed.authenticate(withToken(token))).toBe("none");
  expect(await changed.checkFileToken(fileToken)).toBe("none");
});

it("a token is good until its last second", async () => {
  const after = (seconds: number) => authenticationWith({}, { now: () => NOW + seconds * 1000 });

  for (const token of tokens) {
    expect(await after(LIFETIMES.auth - 1).authenticate(withToken(token))).toBe("admin");
    expect(await after(LIFETIMES.auth).authenticate(withToken(token))).toBe("none");
  }
  expect(await after(LIFETIMES.file - 1).checkFileToken(fileToken)).toBe("admin");
  expect(await after(LIFETIMES.file).checkFileToken(fileToken)).toBe("none");
});

it("admins that a function returns are asked for at each request", async () => {
  let admins = [ANNA, BERT];
  const authentication = authenticationWith({ admins: async () => admins });
  const token = await tokenOf(authentication);

  expect(await authentication.authenticate(withToken(token))).toBe("admin");
  admins = [BERT];
  expect(await authentication.authenticate(withToken(token))).toBe("none");
});

it("a refreshed token ends later than the one before", async () => {
  let now = NOW;
  const authentication = authenticationWith({}, { now: () => now });
  const headers = { authorization: String(tokens[0]) };
  now += (LIFETIMES.auth - 1) * 1000;
  const { status, body } = await answerTo(authentication, post(`${ADMINS_PATH}/auth-refresh`, { headers }));
  now += (LIFETIMES.auth - 1) * 1000;

  expect(status).toBe(200);
  expect(await authentication.authenticate(withToken(String(tokens[0])))).toBe("none");
  expect(await authentication.authenticate(withToken(String(body.token)))).toBe("admin");
});
