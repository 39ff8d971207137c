import { expect, it } from "vitest";
import { AdminTokens } from "../../src/auth/admin-tokens.ts";
import {
  ADMINS_PATH,
  ANNA,
  authenticationWith,
  BERT,
  NOW,
  post,
  SECRET,
  SUPERUSERS_PATH,
  tokenOf,
  withToken,
} from "./admins-for-tests.ts";
import { partsOf, sign, type Use } from "./forge-token.ts";
import { wrongSubjects, wrongText, wrongTimes } from "./forged-claims.ts";
import { type Forgeries, wrongAlgorithms, wrongKeys, wrongShapes } from "./forgeries.ts";

const authentication = authenticationWith();
const tokens = {
  "admin token": await tokenOf(authentication, ADMINS_PATH),
  "superuser token": await tokenOf(authentication, SUPERUSERS_PATH),
};
const fileToken = await authentication.createFileToken(withToken(tokens["admin token"]));
const LIFETIMES = { auth: 24 * 3600, file: 180 };

it.each(Object.entries(tokens))("an %s is good in the header, with and without Bearer", async (_name, token) => {
  for (const prefix of ["", "Bearer ", "bearer ", "BEARER "]) {
    expect(await authentication.authenticate(withToken(prefix + token))).toBe("admin");
  }
});

it("a file token is good in a download", async () => {
  expect(await authentication.checkFileToken(fileToken)).toBe("admin");
});

it("the tools of these tests forge tokens that are accepted when nothing is wrong with them", async () => {
  const [auth, file] = [partsOf(tokens["admin token"], "auth"), partsOf(fileToken, "file")];

  expect(sign(auth)).toBe(tokens["admin token"]);
  expect(sign(file)).toBe(fileToken);
  expect(await acceptors(sign({ ...auth, claims: { ...auth.claims, nbf: 0, more: "é" } }))).not.toEqual([]);
  expect(await acceptors(sign({ ...file, claims: { ...file.claims, nbf: 0, more: "é" } }))).not.toEqual([]);
});

it("no forged token passes anywhere", async () => {
  const genuine: Array<[Use, string]> = [
    ["auth", tokens["admin token"]],
    ["auth", tokens["superuser token"]],
    ["file", fileToken],
  ];
  let vectors = 0;
  const bypasses: string[] = [];
  for (const [use, token] of genuine) {
    for (const [flaw, forged] of Object.entries(forgeriesOf(token, use))) {
      vectors++;
      expect(forged, flaw).not.toBe(token);
      const passed = await acceptors(forged);
      if (passed.length > 0) bypasses.push(`${use} token, ${flaw}: ${passed.join(", ")}`);
    }
  }
  console.log(`token matrix: ${vectors} forged tokens, ${bypasses.length} bypasses`);
  expect(bypasses).toEqual([]);
  expect(vectors).toBeGreaterThanOrEqual(300);
});

it("the key alone and the claim alone keep the two kinds of tokens apart", async () => {
  const [auth, file] = [partsOf(tokens["admin token"], "auth"), partsOf(fileToken, "file")];

  expect(await authentication.authenticate(withToken(fileToken))).toBe("none");
  expect(await authentication.checkFileToken(tokens["admin token"])).toBe("none");
  expect(await authentication.authenticate(withToken(sign({ ...file, key: auth.key })))).toBe("none");
  expect(await authentication.checkFileToken(sign({ ...auth, key: file.key }))).toBe("none");
});

it("a token counts in the authorization header only", async () => {
  const token = tokens["admin token"];
  const requests = [
    new Request(`http://backups.example/api/backups?token=${token}&authorization=${token}`),
    new Request("http://backups.example/api/backups", { headers: { cookie: `pb_auth=${token}; token=${token}` } }),
    new Request("http://backups.example/api/backups", { headers: { "x-authorization": token } }),
    withToken(`Basic ${token}`),
    withToken(`Token ${token}`),
    withToken(`Bearer Bearer ${token}`),
    withToken(`Bearer${token}`),
  ];
  for (const request of requests) expect(await authentication.authenticate(request)).toBe("none");
});

it("forged tokens do not reach the function that returns the admins", async () => {
  let calls = 0;
  const admins = async () => {
    calls++;
    return [ANNA, BERT];
  };
  const asked = authenticationWith({ admins });
  const token = tokens["admin token"];
  const parts = partsOf(token, "auth");
  const forged = { ...wrongAlgorithms(parts), ...wrongKeys(parts, "auth"), ...wrongShapes(parts), ...wrongText(token) };
  for (const text of Object.values(forged)) await asked.authenticate(withToken(text));

  expect(calls).toBe(0);
  expect(await asked.authenticate(withToken(token))).toBe("admin");
  expect(calls).toBe(1);
});

it("a token is never shown by an inspection of what makes it", () => {
  const made = new AdminTokens({ secret: SECRET, authTokenSeconds: 1, fileTokenSeconds: 1, now: () => NOW });

  expect(JSON.stringify([made, authentication])).toBe("[{},{}]");
});

function forgeriesOf(token: string, use: Use): Forgeries {
  const parts = partsOf(token, use);
  return {
    ...wrongAlgorithms(parts),
    ...wrongKeys(parts, use),
    ...wrongShapes(parts),
    ...wrongTimes(parts, LIFETIMES[use]),
    ...wrongSubjects(parts, use),
    ...wrongText(token),
  };
}

/** Names the doors that a token opens. Each token is tried on all of them, the wrong ones too. */
async function acceptors(token: string): Promise<string[]> {
  const passed: string[] = [];
  for (const header of [token, `Bearer ${token}`]) {
    if ((await authentication.authenticate(withToken(header))) !== "none") passed.push("header");
  }
  for (const path of [ADMINS_PATH, SUPERUSERS_PATH]) {
    const refresh = post(`${path}/auth-refresh`, { headers: { authorization: token } });
    const response = await authentication.handle(refresh, {});
    if (response?.status !== 401) passed.push(`${path} refresh ${response?.status}`);
  }
  const fileToken = await authentication.createFileToken(withToken(token)).catch(({ status }) => status);
  if (fileToken !== 401) passed.push("file token");
  if ((await authentication.checkFileToken(token)) !== "none") passed.push("download");
  return passed;
}
