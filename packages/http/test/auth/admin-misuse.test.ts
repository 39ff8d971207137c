import { expect, it } from "vitest";
import { adminAuthentication, hashPassword } from "../../src/index.ts";
import { ANNA, answerTo, authenticationWith, loginRequest, PASSWORD, SECRET } from "./admins-for-tests.ts";

type Options = Parameters<typeof adminAuthentication>[0];

const CONFIG_INVALID = expect.objectContaining({ name: "StowageError", code: "CONFIG_INVALID" });
const NO_COUNTS = [
  0,
  -1,
  0.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  "60",
  null,
  [60],
  2 ** 40,
];
const RATE = { burst: 1, intervalMs: 1 };

const login = () => loginRequest({ identity: ANNA.email, password: PASSWORD });

function refusing(options: object): () => void {
  return () => adminAuthentication({ admins: [ANNA], secret: SECRET, ...options } as Options);
}

it.each(NO_COUNTS)("%s is no lifetime of a token and nothing in a rate", (count) => {
  for (const name of ["authTokenSeconds", "fileTokenSeconds"]) {
    expect(refusing({ [name]: count }), name).toThrow(CONFIG_INVALID);
  }
  for (const name of ["address", "identity"]) {
    for (const part of ["burst", "intervalMs"]) {
      expect(refusing({ rates: { [name]: { ...RATE, [part]: count } } }), `${name}.${part}`).toThrow(CONFIG_INVALID);
    }
  }
});

it.each<[string, object, RegExp]>([
  ["an option", { secert: SECRET }, /^secert: .*did you mean secret\?/],
  ["a lifetime", { authTokenSecond: 5 }, /did you mean authTokenSeconds\?/],
  ["a rate", { rates: { adress: RATE } }, /^rates\.adress: .*did you mean address\?/],
  ["a part of a rate", { rates: { address: { ...RATE, brust: 1 } } }, /did you mean burst\?/],
])("an unknown name of %s is refused with the one that is meant", (_what, options, message) => {
  expect(refusing(options)).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(message) }),
  );
});

it.each<[string, object]>([
  ["options that are none", { rates: [] }],
  ["a rate that is null", { rates: { address: null } }],
  ["an address that is a text", { clientAddress: "192.0.2.1" }],
  ["admins that are one admin", { admins: ANNA }],
  ["an admin that is null", { admins: [null] }],
  ["an admin that is a text", { admins: ["anna@example.com"] }],
  ["a hash that is not awaited", { admins: [{ ...ANNA, passwordHash: Promise.resolve(ANNA.passwordHash) }] }],
  ["a date that is a text", { admins: [{ ...ANNA, createdAt: "2024-01-01" }] }],
  ["a date that is none", { admins: [{ ...ANNA, updatedAt: new Date("soon") }] }],
])("%s is refused", (_what, options) => {
  expect(refusing(options)).toThrow(CONFIG_INVALID);
});

it.each([null, undefined, "text", 7])("no options but %s are refused", (options) => {
  expect(() => adminAuthentication(options as unknown as Options)).toThrow(CONFIG_INVALID);
});

it.each<[string, () => unknown]>([
  ["nothing", () => undefined],
  ["a text", () => "anna"],
  ["a list with null", () => [ANNA, null]],
  ["a row with a date as text", () => [{ ...ANNA, createdAt: "2024-01-01" }]],
])("a function of admins that returns %s makes the request fail with CONFIG_INVALID", async (_what, admins) => {
  await expect(answerTo(authenticationWith({ admins: admins as never }), login())).rejects.toEqual(CONFIG_INVALID);
});

it("a row of a database may have more fields, and null in place of a date", async () => {
  const row = { ...ANNA, createdAt: null, updatedAt: undefined, role: "admin" };

  const { status, body } = await answerTo(authenticationWith({ admins: (() => [row]) as never }), login());

  expect(status).toBe(200);
  expect(body).toMatchObject({ admin: { created: "", updated: "" } });
});

it.each<[string, () => unknown]>([
  ["a promise", async () => "192.0.2.1"],
  ["a promise that rejects", () => Promise.reject(new Error("not this one"))],
  ["a number", () => 7],
  ["a list", () => ["192.0.2.1"]],
])(
  "a clientAddress that returns %s makes log-ins fail: all clients would be one, or none",
  async (_what, clientAddress) => {
    const authentication = authenticationWith({ clientAddress: clientAddress as never });
    await expect(answerTo(authentication, login())).rejects.toEqual(CONFIG_INVALID);
  },
);

it.each([undefined, null, 7, {}, Buffer.from("secret")])("hashPassword(%s) is INVALID_ARGUMENT", async (password) => {
  await expect(hashPassword(password as string)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
});
