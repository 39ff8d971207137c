import { readTree } from "@stowage/test-kit/tree";
import { expect, it, vi } from "vitest";
import {
  ADMINS_ONLY,
  BUSY,
  expectAnswer,
  FILE_FORBIDDEN,
  FORBIDDEN,
  INVALID,
  NOT_FOUND,
  refusal,
  UNAUTHORIZED,
} from "../bed/answers.ts";
import { archiveOf } from "../bed/archive-of.ts";
import { DATA } from "../bed/bed.ts";
import { EMAIL, makeLoggedInBed, makeSdkBed, PASSWORD } from "./sdk-bed.ts";
import { type Client, GENERATIONS } from "./sdk-generations.ts";
import { eachCall, expectRefusal } from "./sdk-refusals.ts";

const ARCHIVE = new Uint8Array(Buffer.from("PK\u0003\u0004"));

it.each(eachCall(GENERATIONS))("$name of the SDK $version without a log-in is 401", async ({ generation, call }) => {
  const bed = await makeSdkBed(generation);
  await bed.manager.create({ name: "pb_data_backup.zip" });

  await expectRefusal(generation, call(bed.client, ARCHIVE), UNAUTHORIZED);
  bed.client.authStore.save("no.token.at-all");
  await expectRefusal(generation, call(bed.client, ARCHIVE), UNAUTHORIZED);

  expect(await bed.keys()).toEqual(["pb_data_backup.zip"]);
  bed.watch.expectNoLeak(bed);
});

it.each(eachCall(GENERATIONS))("$name of the SDK $version by a user is 403", async ({ generation, name, call }) => {
  const bed = await makeSdkBed(generation, { handler: { auth: () => "user" } });
  await bed.manager.create({ name: "pb_data_backup.zip" });
  bed.client.authStore.save("the token of a user");

  await expectRefusal(generation, call(bed.client, ARCHIVE), name === "getFullList" ? ADMINS_ONLY : FORBIDDEN);

  expect(await bed.keys()).toEqual(["pb_data_backup.zip"]);
  expect(await readTree(bed.dataDir)).toEqual(DATA);
  bed.watch.expectNoLeak(bed);
});

it.each(GENERATIONS)("while a backup is made, the SDK $version is told to try again later", async (generation) => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const bed = await makeLoggedInBed(generation, { manager: { hooks: { beforeSnapshot: () => opened } } });
  const { backups } = bed.client;
  const running = backups.create("pb_data_backup.zip");
  await vi.waitFor(() => expect(bed.manager.status().active).toBeDefined(), { timeout: 20_000 });

  await expectRefusal(generation, backups.create(""), BUSY);
  await expectRefusal(generation, backups.create("other.zip"), BUSY);
  await expectRefusal(generation, backups.delete("pb_data_backup.zip"), BUSY);
  await expectRefusal(generation, backups.restore("pb_data_backup.zip"), BUSY);

  open();
  expect(await running).toBe(true);
  bed.watch.expectNoLeak(bed);
});

const NAME = (code: string, message: string) => refusal(400, INVALID, { name: { code, message } });
const FILE = (code: string, message: string) => refusal(400, INVALID, { file: { code, message } });
const file = (content: string | Uint8Array<ArrayBuffer>, name: string) => ({ file: new File([content], name) });

/** What each mistake of an admin is answered with. `taken.zip` is there, and so is an archive to upload. */
const MISTAKES: Record<string, [(client: Client, archive: Uint8Array<ArrayBuffer>) => Promise<unknown>, object]> = {
  "a name in capitals": [
    ({ backups }) => backups.create("New.zip"),
    NAME("validation_match_invalid", "Must be in a valid format."),
  ],
  "a name that is a path": [
    ({ backups }) => backups.create("../new.zip"),
    NAME("validation_match_invalid", "Must be in a valid format."),
  ],
  "a name without .zip": [
    ({ backups }) => backups.create("new"),
    NAME("validation_match_invalid", "Must be in a valid format."),
  ],
  "a name of 151 characters": [
    ({ backups }) => backups.create(`${"a".repeat(147)}.zip`),
    NAME("validation_length_out_of_range", "The length must be between 1 and 150."),
  ],
  "a taken name": [
    ({ backups }) => backups.create("taken.zip"),
    NAME("validation_backup_name_exists", "The backup file name is invalid or already exists."),
  ],
  "an upload of a text": [
    ({ backups }) => backups.upload(file("only a text", "test_backup.txt")),
    FILE("validation_invalid_mime_type", '"test_backup.txt" mime type must be one of: application/zip.'),
  ],
  "an upload of an empty file": [
    ({ backups }) => backups.upload(file("", "empty.zip")),
    FILE("validation_invalid_mime_type", '"empty.zip" mime type must be one of: application/zip.'),
  ],
  "an upload of half an archive": [
    ({ backups }, archive) => backups.upload(file(archive.slice(0, -30), "half.zip")),
    FILE("validation_invalid_mime_type", '"half.zip" is not a valid archive.'),
  ],
  "an upload under a taken key": [
    ({ backups }, archive) => backups.upload(file(archive, "taken.zip")),
    FILE("validation_backup_name_exists", "Backup file with the specified name already exists."),
  ],
  "an upload under a name that is no key": [
    ({ backups }, archive) => backups.upload(file(archive, "../../new.zip")),
    FILE("validation_backup_name_exists", "The backup file name is invalid or already exists."),
  ],
  "an upload without a file": [({ backups }) => backups.upload({}), FILE("validation_required", "Cannot be blank.")],
  "an upload of a text field": [
    ({ backups }) => backups.upload(textForm()),
    FILE("validation_required", "Cannot be blank."),
  ],
  "a delete of what is missing": [
    ({ backups }) => backups.delete("missing.zip"),
    refusal(400, "Invalid or already deleted backup file."),
  ],
  "a restore of what is missing": [
    ({ backups }) => backups.restore("missing.zip"),
    refusal(400, "Missing or invalid backup file."),
  ],
  "a restore of what is no archive": [
    ({ backups }) => backups.restore("damaged.zip"),
    refusal(400, "Missing or invalid backup file."),
  ],
};

it.each(GENERATIONS)("the SDK $version is told what was wrong, and nothing changes", async (generation) => {
  const bed = await makeLoggedInBed(generation);
  const archive = new Uint8Array(await archiveOf(bed));
  await bed.manager.create({ name: "taken.zip" });
  await bed.filesystem.write("damaged.zip", Buffer.from("PK\u0003\u0004, and no more"));
  const before = await bed.manager.list();

  for (const [mistake, [call, body]] of Object.entries(MISTAKES)) {
    await expectRefusal(generation, call(bed.client, archive), body).catch((error) => {
      throw new Error(mistake, { cause: error });
    });
  }

  expect(await bed.manager.list()).toEqual(before);
  expect(await readTree(bed.dataDir)).toEqual(DATA);
  expect(bed.errors).toEqual([]);
  bed.watch.expectNoLeak(bed);
});

it.each(eachCall(GENERATIONS, ["getFullList", "create", "upload", "delete", "restore"]))(
  "$name of the SDK $version says that the storage cannot be loaded",
  async ({ generation, call }) => {
    const lost = new Error("connect ECONNREFUSED 127.0.0.1:9000 for /srv/backups in bucket-of-a-customer");
    const bed = await makeLoggedInBed(generation, { manager: { filesystem: () => Promise.reject(lost) } });

    await expectRefusal(generation, call(bed.client, ARCHIVE), refusal(400, "Failed to load backups filesystem."));

    expect(bed.errors).toMatchObject([{ error: { code: "FILESYSTEM_UNAVAILABLE", cause: lost } }]);
    bed.watch.expectNoLeak(bed);
  },
);

it.each(GENERATIONS)("a download URL of the SDK $version fails as documented", async (generation) => {
  const bed = await makeLoggedInBed(generation);
  await bed.client.backups.create("a.zip");
  const token = await bed.client.fileToken();
  const get = (key: string, of: string) => fetch(bed.client.downloadUrl(of, key));

  await expectAnswer(await get("missing.zip", token), 404, NOT_FOUND);
  await expectAnswer(await get("a.zip", ""), 403, FILE_FORBIDDEN);
  await expectAnswer(await get("a.zip", bed.client.authStore.token), 403, FILE_FORBIDDEN);
  await expectAnswer(await get("missing.zip", `${token}x`), 403, FILE_FORBIDDEN);

  bed.watch.expectNoLeak(bed);
});

it.each(GENERATIONS)("a download URL of the SDK $version says that the storage is lost", async (generation) => {
  const lost = new Error("connect ECONNREFUSED 127.0.0.1:9000");
  const bed = await makeLoggedInBed(generation, { manager: { filesystem: () => Promise.reject(lost) } });
  const url = bed.client.downloadUrl(await bed.client.fileToken(), "a.zip");

  await expectAnswer(await fetch(url), 400, refusal(400, "Filesystem initialization failure."));

  expect(bed.errors).toHaveLength(1);
  bed.watch.expectNoLeak(bed);
});

it.each(GENERATIONS)("a log-in of the SDK $version that fails is 400, and after many 429", async (generation) => {
  const bed = await makeSdkBed(generation);
  const logIn = (email: string, password: string) => bed.client.logIn(email, password);

  for (let attempt = 0; attempt < 5; attempt++) {
    await expectRefusal(generation, logIn(EMAIL, `${attempt}`), refusal(400, "Failed to authenticate."));
    await expectRefusal(generation, logIn(`${attempt}@example.com`, PASSWORD), refusal(400, "Failed to authenticate."));
  }
  await expectRefusal(generation, logIn(EMAIL, PASSWORD), refusal(429, "Too Many Requests."));

  expect(bed.client.authStore.isValid).toBe(false);
  bed.watch.expectNoLeak(bed);
});

function textForm(): FormData {
  const form = new FormData();
  form.append("file", "a text");
  return form;
}
