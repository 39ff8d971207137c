import { expect, it, vi } from "vitest";
import { expectAnswer, refusal } from "../bed/answers.ts";
import { archiveOf } from "../bed/archive-of.ts";
import { makeBed } from "../bed/bed.ts";
import { BROKEN_STORAGES } from "../bed/broken-storages.ts";
import { makeLoggedInBed } from "../sdk/sdk-bed.ts";
import { GENERATIONS } from "../sdk/sdk-generations.ts";
import { CALLS, expectRefusal } from "../sdk/sdk-refusals.ts";

const [, current = neverMissing()] = GENERATIONS;
const LISTED = Object.entries(BROKEN_STORAGES);
const NO_BACKUPS = refusal(400, "Failed to load backups filesystem.");
const NO_DOWNLOADS = refusal(400, "Filesystem initialization failure.");

it.each(LISTED)("with %s every call is refused as documented, and says nothing of it", async (_, makeStorage) => {
  const { filesystem, hidden, secrets } = await makeStorage();
  const bed = await makeLoggedInBed(current, { manager: { filesystem } });
  bed.watch.hide(...hidden);
  bed.watch.plant(...secrets);
  const archive = new Uint8Array(await archiveOf(await makeBed()));
  const url = bed.client.downloadUrl(await bed.client.fileToken(), "a.zip");

  for (const name of ["getFullList", "create", "upload", "delete", "restore"]) {
    await expectRefusal(current, CALLS[name]?.(bed.client, archive) ?? neverMissing(), NO_BACKUPS);
  }
  await expectAnswer(await fetch(url), 400, NO_DOWNLOADS);
  await expectAnswer(await fetch(url, { headers: { range: "bytes=1-2" } }), 400, NO_DOWNLOADS);
  expect((await fetch(url, { method: "HEAD" })).status).toBe(400);

  expect(bed.errors).toHaveLength(8);
  bed.watch.expectNoLeak(bed);
});

it.each(LISTED)("with %s the log of last resort holds no secret", async (_, makeStorage) => {
  const { filesystem, hidden, secrets } = await makeStorage();
  const bed = await makeLoggedInBed(current, { manager: { filesystem }, handler: { onError: undefined } });
  bed.watch.hide(...hidden);
  bed.watch.plant(...secrets);
  const token = await bed.client.fileToken();

  await fetch(bed.client.downloadUrl(token, "a.zip"));
  await fetch(`${bed.url}/api/backups?token=${token}`, { headers: { authorization: bed.client.authStore.token } });

  expect(vi.mocked(console.error)).toHaveBeenCalledTimes(2);
  bed.watch.expectNoLeak(bed);
});

function neverMissing(): never {
  throw new Error("it is in the table");
}
