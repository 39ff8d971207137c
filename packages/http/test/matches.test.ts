import { expect, it } from "vitest";
import { adminAuthentication, createBackupsHandler } from "../src/index.ts";
import { makeBed, plainAuth } from "./bed/bed.ts";

const OWN = [
  "/api/backups",
  "/api/backups?fields=key",
  "/api/backups/a.zip",
  "/api/backups/a.zip/restore",
  "/api/backups/a/b/c",
  "/api/backups/upload",
  "/api/backups/status#top",
  "/api/files/token",
  "/api/health",
];
const OTHERS = [
  "/",
  "",
  "/api",
  "/api/",
  "/api/backupsx",
  "/api/collections/posts",
  "/admin/api/backups",
  "/api/%62ackups",
];

it.each(OWN)("%s is of backups", async (url) => {
  const { handler } = await makeBed();
  expect([handler.matches({ url }), handler.matches(new Request(`http://localhost${url}`))]).toEqual([true, true]);
});

it.each([...OTHERS, "//h/api/backups", "/api/notes?next=/api/backups"])("%j is of the application", async (url) => {
  const { handler } = await makeBed();
  expect(handler.matches({ url })).toBe(false);
});

it("nothing is of backups without a URL", async () => {
  const { handler } = await makeBed();
  expect(handler.matches({})).toBe(false);
});

it("of backups is only what lies below the base path", async () => {
  const { handler } = await makeBed({ handler: { basePath: "/admin" } });
  const paths = ["/admin/api/backups", "/api/backups", "/admin", "/adminx/api/backups"];
  expect(paths.map((url) => handler.matches({ url }))).toEqual([true, false, false, false]);
});

it("the log-in is of backups where the authentication has one", async () => {
  const { manager } = await makeBed();
  const login = { url: "/api/collections/_superusers/auth-with-password" };
  const auth = adminAuthentication({ admins: [], secret: "s".repeat(32) });
  const own = { ...plainAuth, paths: ["/api/login"], handle: async () => new Response("hello") };

  expect(createBackupsHandler({ manager, auth }).matches(login)).toBe(true);
  expect(createBackupsHandler({ manager, auth: plainAuth }).matches(login)).toBe(false);
  expect(createBackupsHandler({ manager, auth: own }).matches({ url: "/api/login" })).toBe(true);
});

it("paths of an authentication that are no texts are CONFIG_INVALID", async () => {
  const { manager } = await makeBed();
  const auth = { ...plainAuth, paths: [/login/] as never };
  expect(() => createBackupsHandler({ manager, auth })).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
});
