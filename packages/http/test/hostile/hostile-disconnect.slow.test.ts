import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { readTree } from "@stowage/test-kit/tree";
import { expect, it, vi } from "vitest";
import { archiveOf } from "../bed/archive-of.ts";
import { ADMIN, DATA, FILE_TOKEN } from "../bed/bed.ts";
import { BOUNDARY, formBytes } from "../bed/forms.ts";
import { headOf, rawConnection } from "../bed/raw-exchange.ts";
import { stalling } from "../bed/stalled-writes.ts";
import { STORAGE_PLACES, type StoragePlace } from "../bed/storage-places.ts";
import { uploadResidue } from "../bed/upload-residue.ts";
import { makeWatchedBed, type WatchedBed } from "../bed/watched-bed.ts";

/** How long a loaded machine may take for what is promised within 2,000. */
const PATIENCE_MS = 10_000;
const OFFSET_COUNT = 20;
const PLACES = Object.entries(STORAGE_PLACES);

/** A bed on a storage of one kind, and a form with an archive of about a megabyte that does not compress. */
async function makePlacedBed(makePlace: () => Promise<StoragePlace>) {
  const place = await makePlace();
  const { driver, stallAfter } = stalling(place.driver);
  const bed = await makeWatchedBed({ driver, data: { ...DATA, random: randomBytes(700_000).toString("base64") } });
  const form = formBytes({ content: await archiveOf(bed) });
  bed.watch.hide(...place.hidden);
  bed.watch.plant(...place.secrets, ADMIN.authorization, FILE_TOKEN);
  return { place, bed, form, stallAfter };
}

it.each(PLACES)(
  "a client that leaves an upload at any of 20 offsets leaves nothing in %s",
  async (kind, makePlace) => {
    const { place, bed, form } = await makePlacedBed(makePlace);
    const times: number[] = [];
    for (let step = 0; step < OFFSET_COUNT; step++) {
      const offset =
        step < 4 ? ([0, 1, 60, 170][step] ?? 0) : Math.ceil(((step - 3) * (form.length - 1)) / (OFFSET_COUNT - 4));
      const { socket, peer } = await connectTo(bed);
      socket.write(uploadHead(form));
      socket.write(form.subarray(0, offset));
      await vi.waitFor(() => expect(peer.bytesRead).toBe(socket.bytesWritten), { timeout: PATIENCE_MS });
      if (step % 2 === 0) socket.destroy();
      else socket.resetAndDestroy();
      times.push(await timeUntilNothingIsLeft(bed, place));
    }

    console.info(`${kind}: nothing left ${Math.max(...times)} ms after a client left, the longest of ${times.length}`);
    await expectUntouched(bed);
  },
  280_000,
);

it.each(PLACES)(
  "a client that leaves while its upload is stored leaves nothing in %s",
  async (kind, makePlace) => {
    const { place, bed, form, stallAfter } = await makePlacedBed(makePlace);
    const times: number[] = [];
    for (const size of [0, 0.01, 0.3, 0.6, 0.95].map((part) => Math.floor(part * form.length))) {
      const stalled = stallAfter(size);
      const { socket } = await connectTo(bed);
      socket.write(uploadHead(form));
      socket.write(form);
      await stalled;
      socket.destroy();
      times.push(await timeUntilNothingIsLeft(bed, place));
    }

    console.info(`${kind}: nothing left ${Math.max(...times)} ms after a client left while its upload was stored`);
    await expectUntouched(bed);
  },
  280_000,
);

/** Resolves with the milliseconds until the handler is done and neither the storage nor the disk holds anything. */
async function timeUntilNothingIsLeft(bed: WatchedBed, place: StoragePlace): Promise<number> {
  const start = performance.now();
  await vi.waitFor(
    async () => {
      expect(bed.runningCount()).toBe(0);
      expect(await uploadResidue(bed)).toEqual(["random"]);
      expect(await place.residue()).toEqual([]);
      expect(await bed.keys()).toEqual([]);
    },
    { timeout: PATIENCE_MS, interval: 5 },
  );
  return Math.round(performance.now() - start);
}

async function expectUntouched(bed: WatchedBed): Promise<void> {
  expect(await readTree(bed.dataDir)).toMatchObject(DATA);
  expect(bed.errors).toEqual([]);
  bed.watch.expectNoLeak(bed);
}

function uploadHead(form: Buffer): string {
  const type = `multipart/form-data; boundary=${BOUNDARY}`;
  return headOf("POST", "/api/backups/upload", { "content-type": type, "content-length": form.length });
}

/** A connection, and the server's end of it. */
async function connectTo({ server, port }: WatchedBed): Promise<{ socket: Socket; peer: Socket }> {
  const connected = once(server, "connection");
  const socket = await rawConnection(port);
  socket.on("error", () => {}); // it is reset
  const [peer] = (await connected) as [Socket];
  return { socket, peer };
}
