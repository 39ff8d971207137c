import { expect, it } from "vitest";
import {
  ADMINS_PATH,
  ANNA,
  answerTo,
  authenticationWith,
  loginRequest,
  PASSWORD,
  post,
  SUPERUSERS_PATH,
  tokenOf,
  withToken,
} from "./admins-for-tests.ts";

type Body = NonNullable<RequestInit["body"]>;

const CREDENTIALS = { identity: ANNA.email, password: PASSWORD };
const JSON_TYPE = { "content-type": "application/json" };
const createdAt = new Date("2022-06-25T11:03:50.052Z");
const updatedAt = new Date("2023-01-02T03:04:05.006Z");
const LOGIN = `${ADMINS_PATH}/auth-with-password`;
const UNREADABLE = { code: 400, status: 400, message: "An error occurred while loading the submitted data.", data: {} };
const FAILED = { code: 400, status: 400, message: "Failed to authenticate.", data: {} };

it("an admin who logs in gets a token and his record, as PocketBase 0.22 answers", async () => {
  const authentication = authenticationWith({ admins: [{ ...ANNA, createdAt, updatedAt }] });

  const { status, body, headers } = await answerTo(authentication, loginRequest(CREDENTIALS));

  const admin = {
    id: "anna-id",
    created: "2022-06-25 11:03:50.052Z",
    updated: "2023-01-02 03:04:05.006Z",
    avatar: 0,
    email: "anna@example.com",
  };
  expect(status).toBe(200);
  expect(body).toEqual({ token: expect.any(String), admin });
  expect(headers.get("cache-control")).toBe("no-store");
});

it.each([SUPERUSERS_PATH, "/api/collections/pbc_3142635823"])(
  "a log-in at %s answers as PocketBase 0.23",
  async (path) => {
    const authentication = authenticationWith();

    const { status, body, headers } = await answerTo(authentication, loginRequest(CREDENTIALS, path));

    const record = {
      collectionId: "pbc_3142635823",
      collectionName: "_superusers",
      id: "anna-id",
      email: "anna@example.com",
      emailVisibility: false,
      verified: true,
      created: "",
      updated: "",
    };
    expect(status).toBe(200);
    expect(body).toEqual({ token: expect.any(String), record });
    expect(headers.get("cache-control")).toBe("no-store");
  },
);

it("the case of the e-mail address does not matter", async () => {
  const answer = await answerTo(
    authenticationWith(),
    loginRequest({ identity: "bERT@eXAMPLE.com", password: "other" }),
  );

  expect(answer.body).toMatchObject({ admin: { id: "bert-id", email: "Bert@Example.com" } });
});

it.each<[string, Body, Record<string, string>]>([
  ["a form", new URLSearchParams(CREDENTIALS), {}],
  ["a multipart form", multipart(CREDENTIALS), {}],
  ["JSON with a charset", JSON.stringify(CREDENTIALS), { "content-type": "Application/JSON; charset=utf-8" }],
])("%s logs in", async (_kind, body, headers) => {
  const { status } = await answerTo(authenticationWith(), post(LOGIN, { body, headers }));

  expect(status).toBe(200);
});

it.each([
  { identity: ANNA.email, password: "wrong" },
  { identity: ANNA.email, password: "Correct horse" },
  { identity: ANNA.email, password: "other" },
  { identity: "nobody@example.com", password: PASSWORD },
  { identity: ANNA.id, password: PASSWORD },
  { identity: "__proto__", password: PASSWORD },
])("$identity with $password does not log in", async (credentials) => {
  for (const path of [ADMINS_PATH, SUPERUSERS_PATH]) {
    const { status, body, headers } = await answerTo(authenticationWith(), loginRequest(credentials, path));

    expect({ status, body }).toEqual({ status: 400, body: FAILED });
    expect(headers.get("cache-control")).toBe("no-store");
  }
});

it.each([
  [ADMINS_PATH, "Something went wrong while processing your request."],
  [SUPERUSERS_PATH, "An error occurred while validating the submitted data."],
])("fields that are missing or too long at %s are named", async (path, message) => {
  const blank = { code: "validation_required", message: "Cannot be blank." };
  const range = (max: number) => ({
    code: "validation_length_out_of_range",
    message: `The length must be between 1 and ${max}.`,
  });
  const answers = await Promise.all(
    [
      {},
      null,
      { identity: "", password: null },
      { identity: "a" },
      { identity: "a".repeat(256), password: "é".repeat(513) },
    ]
      .map((body) => loginRequest(body, path))
      .concat(post(`${path}/auth-with-password`))
      .map(async (request) => (await answerTo(authenticationWith(), request)).body),
  );

  const nothing = { code: 400, status: 400, message, data: { identity: blank, password: blank } };
  expect(answers).toEqual([
    nothing,
    nothing,
    nothing,
    { code: 400, status: 400, message, data: { password: blank } },
    { code: 400, status: 400, message, data: { identity: range(255), password: range(1024) } },
    nothing,
  ]);
});

it.each<[string, Body, Record<string, string>]>([
  ["JSON that is cut", '{"identity', JSON_TYPE],
  ["a list", "[]", JSON_TYPE],
  ["a text", '"identity"', JSON_TYPE],
  ["an identity that is a list", '{"identity":["a"],"password":"b"}', JSON_TYPE],
  ["a password that is a number", '{"identity":"a","password":1}', JSON_TYPE],
  ["bytes that are no UTF-8", Buffer.from('{"identity":"\xff","password":"b"}', "latin1"), JSON_TYPE],
  ["plain text", JSON.stringify(CREDENTIALS), { "content-type": "text/plain" }],
  ["a multipart form without a boundary", "x", { "content-type": "multipart/form-data" }],
  ["a multipart form that is cut", "--b\r\nContent-Dis", { "content-type": "multipart/form-data; boundary=b" }],
  ["a file as password", multipart({ identity: "a" }, new Blob(["b"])), {}],
])("%s cannot be read", async (_kind, body, headers) => {
  const answer = await answerTo(authenticationWith(), post(LOGIN, { body, headers }));

  expect({ status: answer.status, body: answer.body }).toEqual({ status: 400, body: UNREADABLE });
});

it("a refresh without a token is refused in the words of each generation", async () => {
  const answers = await Promise.all(
    [ADMINS_PATH, SUPERUSERS_PATH].map((path) => answerTo(authenticationWith(), post(`${path}/auth-refresh`))),
  );

  expect(answers.map(({ body }) => body)).toEqual([
    { code: 401, status: 401, message: "The request requires admin authorization token to be set.", data: {} },
    { code: 401, status: 401, message: "The request requires valid record authorization token.", data: {} },
  ]);
});

it.each([
  [ADMINS_PATH, "token", { token: expect.any(String) }],
  [ADMINS_PATH, "admin.email", { admin: { email: ANNA.email } }],
  [SUPERUSERS_PATH, "record.id,record.email:excerpt(4,true)", { record: { id: ANNA.id, email: "anna..." } }],
  [SUPERUSERS_PATH, "*,record.id", { token: expect.any(String), record: { id: ANNA.id } }],
])("a log-in and a refresh at %s with fields=%s have these fields", async (path, fields, body) => {
  const authentication = authenticationWith();
  const query = `?fields=${encodeURIComponent(fields)}`;
  const token = await tokenOf(authentication, path);
  const logIn = loginRequest(CREDENTIALS, path);
  const headers = { authorization: token };

  const loggedIn = await answerTo(authentication, new Request(logIn.url + query, logIn));
  const refreshed = await answerTo(authentication, post(`${path}/auth-refresh${query}`, { headers }));

  expect([loggedIn.body, refreshed.body]).toEqual([body, body]);
});

it("fields that are none are refused at a log-in, and refusals have all of theirs", async () => {
  const authentication = authenticationWith();
  const logIn = (query: string, credentials: object) => {
    const request = loginRequest(credentials);
    return answerTo(authentication, new Request(request.url + query, request));
  };

  expect((await logIn("?fields=token:upper()", CREDENTIALS)).status).toBe(400);
  expect((await logIn("?fields=token", { identity: ANNA.email, password: "wrong" })).body).toEqual(FAILED);
});

it("a token lasts a day, or as long as the option says", async () => {
  for (const [options, seconds] of [
    [{}, 24 * 3600],
    [{ authTokenSeconds: 60 }, 60],
  ] as const) {
    const [, payload = ""] = (await tokenOf(authenticationWith(options))).split(".");
    const { iat, exp } = JSON.parse(Buffer.from(payload, "base64url").toString());

    expect(exp - iat).toBe(seconds);
  }
});

it("other paths and methods are left to others", async () => {
  const paths = ["/api/admins", "/api/collections/users/auth-with-password", `${LOGIN}/`, `/x${LOGIN}`, "/api/backups"];
  const requests = [...paths.map((path) => post(path)), new Request(`http://backups.example${LOGIN}`)];
  for (const request of requests) expect(await authenticationWith().handle(request, {})).toBeUndefined();
});

it("somebody without a token gets no file token", async () => {
  const message = "The request requires admin authorization token to be set.";

  await expect(authenticationWith().createFileToken(withToken(""))).rejects.toMatchObject({ status: 401, message });
});

function multipart(fields: Record<string, string>, password?: Blob): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  if (password !== undefined) form.append("password", password, "password.txt");
  return form;
}
