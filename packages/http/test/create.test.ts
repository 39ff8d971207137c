import { expect, it } from "vitest";
import { BUSY, expectAnswer, INVALID, refusal } from "./bed/answers.ts";
import { ADMIN, makeBed } from "./bed/bed.ts";

const JSON_HEADERS = { ...ADMIN, "content-type": "application/json" };

function named(name: unknown): RequestInit {
  return { body: JSON.stringify({ name }), headers: JSON_HEADERS };
}

function form(name: string): RequestInit {
  const body = new FormData();
  body.append("name", name);
  return { body };
}

it.each([
  ["JSON", named("a.zip")],
  ["a form", { body: new URLSearchParams({ name: "a.zip" }) }],
  ["a multipart form", form("a.zip")],
])("a name in %s names the backup", async (_, init) => {
  const { send, keys } = await makeBed();

  await expectAnswer(await send("POST", "/api/backups", init), 204);

  expect(await keys()).toEqual(["a.zip"]);
});

it.each([
  ["no body", {}],
  ["an empty object", { body: "{}", headers: JSON_HEADERS }],
  ["an empty name", named("")],
  ["a null", named(null)],
  ["an empty form", { body: new URLSearchParams() }],
])("%s leaves the name to the manager", async (_, init) => {
  const { send, keys } = await makeBed();

  await expectAnswer(await send("POST", "/api/backups", init), 204);

  expect(await keys()).toEqual([expect.stringMatching(/^pb_backup_\d{14}\.zip$/)]);
});

it.each([
  ["A.zip", "validation_match_invalid", "Must be in a valid format."],
  ["../a.zip", "validation_match_invalid", "Must be in a valid format."],
  ["a.tar", "validation_match_invalid", "Must be in a valid format."],
  [`${"a".repeat(147)}.zip`, "validation_length_out_of_range", "The length must be between 1 and 150."],
  ["taken.zip", "validation_backup_name_exists", "The backup file name is invalid or already exists."],
])("the name %s is refused", async (name, code, message) => {
  const { send, keys, manager } = await makeBed();
  await manager.create({ name: "taken.zip" });

  const response = await send("POST", "/api/backups", named(name));

  await expectAnswer(response, 400, refusal(400, INVALID, { name: { code, message } }));
  expect(await keys()).toEqual(["taken.zip"]);
});

it.each([
  ["a number for a name", named(5)],
  ["half an object", { body: "{", headers: JSON_HEADERS }],
  ["a list", { body: "[]", headers: JSON_HEADERS }],
  ["plain text", { body: "name=a.zip", headers: { ...ADMIN, "content-type": "text/plain" } }],
])("%s is refused", async (_, init) => {
  const { send, keys } = await makeBed();
  const message = "An error occurred while loading the submitted data.";

  await expectAnswer(await send("POST", "/api/backups", init), 400, refusal(400, message));

  expect(await keys()).toEqual([]);
});

it("a body of any size is refused without being held", async () => {
  const { send } = await makeBed();
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      pulled += 1024;
      controller.enqueue(new Uint8Array(1024));
    },
  });

  const response = await send("POST", "/api/backups", { body, headers: JSON_HEADERS });

  await expectAnswer(response, 413, refusal(413, "Request entity too large."));
  expect(pulled).toBeLessThan(64 * 1024);
});

it("a create while another runs is refused, whatever its name", async () => {
  let resolve = () => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  const { send, manager } = await makeBed({ manager: { hooks: { beforeSnapshot: () => promise } } });
  const running = manager.create({ name: "a.zip" });

  await expectAnswer(await send("POST", "/api/backups", named("b.zip")), 400, BUSY);
  await expectAnswer(await send("POST", "/api/backups", named("NO NAME")), 400, BUSY);
  expect(await (await send("GET", "/api/health")).json()).toMatchObject({ data: { canBackup: false } });

  resolve();
  await running;
});

it("a create that fails is answered without its reason", async () => {
  const fail = () => Promise.reject(new Error("cannot pause: /srv/secret/socket"));
  const { send, keys, errors } = await makeBed({ manager: { hooks: { beforeSnapshot: fail } } });

  const response = await send("POST", "/api/backups");

  const id = response.headers.get("x-error-id");
  expect(id).toBe(errors[0]?.context.id);
  const data = { error: { code: "unexpected_error", message: `The log says more about ${id}.` } };
  await expectAnswer(response, 400, refusal(400, "Failed to create backup.", data));
  expect(await keys()).toEqual([]);
});
