import { expect, it } from "vitest";
import { ADMINS_ONLY, expectAnswer, FILE_FORBIDDEN, FORBIDDEN, NOT_FOUND, UNAUTHORIZED } from "./bed/answers.ts";
import { ADMIN, FILE_TOKEN, makeBed, plainAuth, USER } from "./bed/bed.ts";

const FOR_ADMINS = [
  ["GET", "/api/backups", ADMINS_ONLY],
  ["POST", "/api/backups", FORBIDDEN],
  ["POST", "/api/backups/upload", FORBIDDEN],
  ["DELETE", "/api/backups/a.zip", FORBIDDEN],
  ["POST", "/api/backups/a.zip/restore", FORBIDDEN],
  ["POST", "/api/backups/a.zip/restore?dryRun=1", FORBIDDEN],
  ["POST", "/api/backups/a.zip/verify", FORBIDDEN],
  ["GET", "/api/backups/a.zip/entries", FORBIDDEN],
  ["POST", "/api/files/token", FORBIDDEN],
  ["GET", "/api/backups/status", FORBIDDEN],
  ["DELETE", "/api/backups/status/active", FORBIDDEN],
  ["GET", "/api/backups/history", FORBIDDEN],
  ["POST", "/api/backups/prune", FORBIDDEN],
  ["POST", "/api/backups/drill", FORBIDDEN],
] as const;

it.each(FOR_ADMINS)("%s %s is for admins", async (method, path, forbidden) => {
  const { send } = await makeBed();

  await expectAnswer(await send(method, path, { headers: {} }), 401, UNAUTHORIZED);
  await expectAnswer(await send(method, path, { headers: { authorization: "nonsense" } }), 401, UNAUTHORIZED);
  await expectAnswer(await send(method, path, { headers: USER }), 403, forbidden);
});

it.each(["/api/backups", "/api/backups/upload"])("a request to %s is refused before its body is read", async (path) => {
  const { send } = await makeBed();
  let reads = 0;
  const body = new ReadableStream({ pull: () => void reads++ }, { highWaterMark: 0 });

  const response = await send("POST", path, { body, headers: { "content-type": "multipart/form-data; boundary=x" } });

  expect(response.status).toBe(401);
  expect(reads).toBe(0);
});

it("a download needs a file token, and no other one will do", async () => {
  const { send, manager } = await makeBed();
  await manager.create({ name: "a.zip" });

  await expectAnswer(await send("GET", "/api/backups/a.zip"), 403, FILE_FORBIDDEN);
  await expectAnswer(await send("GET", "/api/backups/a.zip?token="), 403, FILE_FORBIDDEN);
  await expectAnswer(await send("GET", `/api/backups/a.zip?token=${ADMIN.authorization}`), 403, FILE_FORBIDDEN);
  await expectAnswer(await send("GET", "/api/backups/absent.zip?token=x"), 403, FILE_FORBIDDEN);
  expect((await send("GET", `/api/backups/a.zip?token=${FILE_TOKEN}`)).status).toBe(200);
});

it("so does one file of a backup", async () => {
  const { send, manager } = await makeBed();
  await manager.create({ name: "a.zip" });
  const path = "/api/backups/a.zip/entries/data.db";

  await expectAnswer(await send("GET", path), 403, FILE_FORBIDDEN);
  await expectAnswer(await send("GET", `${path}?token=${ADMIN.authorization}`), 403, FILE_FORBIDDEN);
  await expectAnswer(await send("GET", `${path}x?token=x`), 403, FILE_FORBIDDEN);
  expect((await send("GET", `${path}?token=${FILE_TOKEN}`)).status).toBe(200);
});

it("a function alone judges every request, downloads too, and makes no file tokens", async () => {
  const { send, manager } = await makeBed({ handler: { auth: plainAuth.authenticate } });
  await manager.create({ name: "a.zip" });

  expect((await send("GET", "/api/backups/a.zip")).status).toBe(200);
  await expectAnswer(await send("GET", "/api/backups/a.zip", { headers: USER }), 403, FILE_FORBIDDEN);
  await expectAnswer(await send("POST", "/api/files/token"), 404, NOT_FOUND);
});

it("an admin gets a file token", async () => {
  const { send } = await makeBed();

  await expectAnswer(await send("POST", "/api/files/token"), 200, { token: FILE_TOKEN });
});

it("anybody may ask for the health, and only admins see whether a backup could start", async () => {
  const { send } = await makeBed();
  const healthy = (data: object) => ({ code: 200, message: "API is healthy.", data });

  await expectAnswer(await send("GET", "/api/health"), 200, healthy({ canBackup: true }));
  await expectAnswer(await send("GET", "/api/health", { headers: USER }), 200, healthy({}));
  await expectAnswer(await send("GET", "/api/health", { headers: {} }), 200, healthy({}));
  await expectAnswer(await send("HEAD", "/api/health"), 200);
});

it.each([
  ["/api/health?fields=code", { code: 200 }],
  ["/api/health?fields=data.canBackup,message:excerpt(3)", { message: "API", data: { canBackup: true } }],
  ["/api/backups/status?fields=results", { results: [] }],
])("%s has the fields that are named", async (path, body) => {
  const { send } = await makeBed();

  await expectAnswer(await send("GET", path), 200, body);
});

it("an authentication that fails lets nobody in", async () => {
  const fail = () => Promise.reject(new Error("the directory of users is down"));
  const { send, errors } = await makeBed({ handler: { auth: fail } });

  const response = await send("GET", "/api/backups");

  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("directory of users");
  expect(errors).toMatchObject([{ error: { message: "the directory of users is down" } }]);
});
