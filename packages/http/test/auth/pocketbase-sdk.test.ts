import PocketBase from "pocketbase";
import EarlierPocketBase from "pocketbase-0.21";
import { expect, it } from "vitest";
import { ANNA, authenticationWith, PASSWORD, withToken } from "./admins-for-tests.ts";

it("the SDK 0.28 logs in as a superuser and refreshes", async () => {
  const { authentication, options } = served();
  const pb = new PocketBase("http://backups.example");

  const { token, record } = await pb.collection("_superusers").authWithPassword(ANNA.email, PASSWORD, options);
  expect(record).toMatchObject({ id: "anna-id", email: "anna@example.com", collectionName: "_superusers" });
  expect([pb.authStore.isValid, pb.authStore.isSuperuser, pb.authStore.token]).toEqual([true, true, token]);

  await pb.collection("_superusers").authRefresh(options);
  expect([pb.authStore.isValid, pb.authStore.isSuperuser]).toEqual([true, true]);
  expect(await authentication.authenticate(withToken(pb.authStore.token))).toBe("admin");

  pb.authStore.save(token);
  expect(pb.authStore.isSuperuser).toBe(true);
});

it("the SDK 0.21 logs in as an admin and refreshes", async () => {
  const { authentication, options } = served();
  const pb = new EarlierPocketBase("http://backups.example");

  const { token, admin } = await pb.admins.authWithPassword(ANNA.email, PASSWORD, options);
  expect(admin).toMatchObject({ id: "anna-id", email: "anna@example.com", avatar: 0 });
  expect([pb.authStore.isValid, pb.authStore.isAdmin, pb.authStore.token]).toEqual([true, true, token]);

  await pb.admins.authRefresh(options);
  expect([pb.authStore.isValid, pb.authStore.isAdmin]).toEqual([true, true]);
  expect(await authentication.authenticate(withToken(pb.authStore.token))).toBe("admin");
});

it("the SDKs read the errors", async () => {
  const { options } = served();
  const pb = new PocketBase("http://backups.example");
  const earlier = new EarlierPocketBase("http://backups.example");
  const response = { code: 400, status: 400, message: "Failed to authenticate.", data: {} };

  const login = pb.collection("_superusers").authWithPassword(ANNA.email, "wrong", options);
  await expect(login).rejects.toMatchObject({ status: 400, response });
  const earlierLogin = earlier.admins.authWithPassword(ANNA.email, "wrong", options);
  await expect(earlierLogin).rejects.toMatchObject({ status: 400, response });
  await expect(pb.collection("_superusers").authRefresh(options)).rejects.toMatchObject({ status: 401 });
  expect(pb.authStore.token + earlier.authStore.token).toBe("");
});

/** Serves the SDKs without a socket. The tokens are made by the clock of this computer, which the SDKs compare them with. */
function served() {
  const authentication = authenticationWith({}, { now: Date.now });
  const fetch = async (url: string | URL | Request, init?: RequestInit) => {
    const response = await authentication.handle(new Request(url, init), { remoteAddress: "192.0.2.1" });
    return response ?? new Response(null, { status: 404 });
  };
  return { authentication, options: { fetch } };
}
