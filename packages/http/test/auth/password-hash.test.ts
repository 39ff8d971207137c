import { expect, it } from "vitest";
import { deriveKeyByScrypt, hashPassword, parsePasswordHash } from "../../src/auth/password-hash.ts";
import { ANNA, authenticationWith, PASSWORD, tokenOf, withToken } from "./admins-for-tests.ts";

const SALT = "A".repeat(22);
const KEY = "A".repeat(43);

it("a password hashed at the real cost logs in", async () => {
  const passwordHash = await hashPassword(PASSWORD);
  const admins = [{ ...ANNA, passwordHash }];
  const authentication = authenticationWith({ admins }, { deriveKey: deriveKeyByScrypt });

  expect(passwordHash).toMatch(/^scrypt\$131072\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(await authentication.authenticate(withToken(await tokenOf(authentication)))).toBe("admin");
});

it("scrypt gives the key that RFC 7914, section 12, gives", async () => {
  const cost = { N: 1024, r: 8, p: 16 };

  const key = await deriveKeyByScrypt("password", Buffer.from("NaCl"), 64, cost);

  expect(key.toString("hex")).toBe(
    "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640",
  );
});

it("an empty password and one over 1 KiB are not hashed", async () => {
  for (const password of ["", "x".repeat(1025), "é".repeat(513)]) {
    await expect(hashPassword(password)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  }
});

it("a hash says what it was made with", () => {
  expect(parsePasswordHash(`scrypt$16384$8$2$${SALT}$${KEY}`)).toEqual({
    cost: { N: 16384, r: 8, p: 2 },
    salt: Buffer.alloc(16),
    key: Buffer.alloc(32),
  });
});

it.each([
  "",
  "plain text",
  "$2a$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
  `scrypt$131072$8$1$${SALT}`,
  `scrypt$131072$8$1$${SALT}$`,
  `scrypt$131072$8$1$$${KEY}`,
  `scrypt$131072$8$1$${SALT}$${KEY}$`,
  `scrypt$131072$8$1$${SALT}$${KEY}\n`,
  `scrypt$131072$8$1$${SALT}$${KEY.slice(1)}`,
  `scrypt$131072$8$1$${SALT.slice(1)}$${KEY}`,
  `scrypt$131072$8$1$${SALT.slice(1)}+$${KEY}`,
  `Scrypt$131072$8$1$${SALT}$${KEY}`,
  `scrypt$131071$8$1$${SALT}$${KEY}`,
  `scrypt$8192$8$1$${SALT}$${KEY}`,
  `scrypt$0$8$1$${SALT}$${KEY}`,
  `scrypt$-131072$8$1$${SALT}$${KEY}`,
  `scrypt$131072.0$8$1$${SALT}$${KEY}`,
  `scrypt$1048576$8$1$${SALT}$${KEY}`,
  `scrypt$131072$32$1$${SALT}$${KEY}`,
  `scrypt$131072$1$1$${SALT}$${KEY}`,
  `scrypt$131072$8$0$${SALT}$${KEY}`,
  `scrypt$131072$8$9$${SALT}$${KEY}`,
])("%j is no hash that admins can have", (passwordHash) => {
  expect(parsePasswordHash(passwordHash)).toBeUndefined();
  expect(() => authenticationWith({ admins: [{ ...ANNA, passwordHash }] })).toThrow(
    expect.objectContaining({ code: "CONFIG_INVALID" }),
  );
});
