import { expect, it } from "vitest";
import { adminAuthentication } from "../../src/auth/admin-authentication.ts";
import { ANNA, answerTo, authenticationWith, BERT, loginRequest, PASSWORD, SECRET } from "./admins-for-tests.ts";

const CONFIG_INVALID = expect.objectContaining({ name: "StowageError", code: "CONFIG_INVALID" });
const RATE = { burst: 1, intervalMs: 1 };

it.each<[string, object]>([
  ["a secret of 31 bytes", { secret: "x".repeat(31) }],
  ["31 bytes as secret", { secret: new Uint8Array(31) }],
  ["no secret", { secret: undefined }],
  ["a number as secret", { secret: 2 ** 40 }],
  ["an admin without an e-mail address", { admins: [{ ...ANNA, email: "" }] }],
  ["an admin with a long e-mail address", { admins: [{ ...ANNA, email: "a".repeat(256) }] }],
  ["an admin with an empty id", { admins: [{ ...ANNA, id: "" }] }],
  ["an admin with a long id", { admins: [{ ...ANNA, id: "a".repeat(256) }] }],
  ["an admin without a hash", { admins: [{ email: "a@example.com" }] }],
  ["an admin with a plain password", { admins: [{ ...ANNA, passwordHash: PASSWORD }] }],
  ["two admins with one id", { admins: [ANNA, { ...BERT, id: ANNA.id }] }],
  ["two admins with one e-mail address", { admins: [ANNA, { ...BERT, email: ANNA.email.toUpperCase() }] }],
  ["tokens that last no time", { authTokenSeconds: 0 }],
  ["tokens that last for ever", { authTokenSeconds: Number.POSITIVE_INFINITY }],
  ["tokens that last for a text", { authTokenSeconds: "60" }],
  ["file tokens that last for a day", { fileTokenSeconds: 86_400 }],
  ["file tokens that last for half a second", { fileTokenSeconds: 0.5 }],
  ["a rate of nothing", { rates: { address: { ...RATE, burst: 0 } } }],
  ["a rate without an interval", { rates: { identity: { burst: 1 } } }],
])("%s is refused", (_flaw, options) => {
  const all = { admins: [ANNA], secret: SECRET, ...options };

  expect(() => adminAuthentication(all as Parameters<typeof adminAuthentication>[0])).toThrow(CONFIG_INVALID);
});

it("no secret and no hash is in an error", () => {
  const passwordHash = "scrypt$1$planted";
  for (const options of [{ secret: "planted" }, { admins: [{ ...ANNA, passwordHash }] }]) {
    try {
      authenticationWith(options);
      expect.unreachable();
    } catch (error) {
      expect(JSON.stringify(error) + String(error)).not.toContain("planted");
    }
  }
});

it("the shortest secret and any bytes will do", () => {
  for (const secret of ["x".repeat(32), "é".repeat(16), new Uint8Array(32), Buffer.alloc(64)]) {
    expect(() => adminAuthentication({ admins: [ANNA], secret })).not.toThrow();
  }
});

it("wrong admins that a function returns make the request fail", async () => {
  const authentication = authenticationWith({ admins: () => [ANNA, ANNA] });
  const login = answerTo(authentication, loginRequest({ identity: ANNA.email, password: PASSWORD }));

  await expect(login).rejects.toEqual(CONFIG_INVALID);
});

it("an admin without an id has the same one everywhere", async () => {
  const { id, ...anna } = ANNA;
  const bodies = await Promise.all(
    [anna, { ...anna, email: anna.email.toUpperCase() }].map(async (admin) => {
      const authentication = authenticationWith({ admins: [admin] });
      return (await answerTo(authentication, loginRequest({ identity: anna.email, password: PASSWORD }))).body;
    }),
  );
  const ids = bodies.map(({ admin }) => (admin as { id: string }).id);

  expect(id).toBe("anna-id");
  expect(ids[0]).toMatch(/^[0-9a-f]{15}$/);
  expect(ids[1]).toBe(ids[0]);
});
