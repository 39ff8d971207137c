import { StowageError } from "@stowage/core";
import { MemoryDriver } from "@stowage/memory";
import { expect, it } from "vitest";
import { archiveOf } from "../bed/archive-of.ts";
import { ADMIN, FILE_TOKEN, makeBed } from "../bed/bed.ts";
import { formBytes, uploadOf } from "../bed/forms.ts";
import { makeWatchedBed, type WatchedBed } from "../bed/watched-bed.ts";

const SAID = "EACCES: open '/srv/backups/of-a-customer' at storage.internal:9000 with AKIAPLANTED";
const ERRORS: Readonly<Record<string, () => Error>> = {
  "an error of its own": () => Object.assign(new Error(SAID), { code: "EACCES", path: "/srv/backups/of-a-customer" }),
  "no permission": () => new StowageError("PERMISSION_DENIED", SAID),
  "no bucket": () => new StowageError("BUCKET_NOT_FOUND", SAID, { cause: new Error(SAID) }),
  "no space": () => new StowageError("NO_SPACE", SAID),
};
const METHODS = ["stat", "list", "read", "write", "delete"] as const;

/** Every request that reaches the storage. */
async function requestsTo(url: string): Promise<[string, RequestInit][]> {
  const archive = await archiveOf(await makeBed());
  const form = uploadOf(formBytes({ content: archive }));
  const download = `${url}/api/backups/a.zip?token=${FILE_TOKEN}`;
  return [
    [`${url}/api/backups`, { headers: ADMIN }],
    [`${url}/api/backups`, { method: "POST", headers: ADMIN }],
    [`${url}/api/backups/upload`, { ...form, method: "POST", duplex: "half" } as RequestInit],
    [`${url}/api/backups/a.zip/restore`, { method: "POST", headers: ADMIN }],
    [download, {}],
    [download, { method: "HEAD" }],
    [download, { headers: { range: "bytes=1-5" } }],
    [`${url}/api/backups/a.zip/restore?dryRun=1`, { method: "POST", headers: ADMIN }],
    [`${url}/api/backups/a.zip/verify`, { method: "POST", headers: ADMIN }],
    [`${url}/api/backups/a.zip/entries`, { headers: ADMIN }],
    [`${url}/api/backups/a.zip/entries/data.db?token=${FILE_TOKEN}`, {}],
    [`${url}/api/backups/drill`, { method: "POST", headers: ADMIN, body: '{"key":"a.zip"}' }],
    [`${url}/api/backups/prune?dryRun=1`, { method: "POST", headers: ADMIN, body: '{"keepLast":1}' }],
    [`${url}/api/backups/prune`, { method: "POST", headers: ADMIN, body: '{"keepLast":1}' }],
    [`${url}/api/backups/history`, { headers: ADMIN }],
    [`${url}/api/backups/status`, { headers: ADMIN }],
    [`${url}/api/backups/a.zip`, { method: "DELETE", headers: ADMIN }],
  ];
}

it.each(Object.entries(ERRORS))(
  "a driver that fails with %s is not quoted, whatever it fails at",
  async (_, makeError) => {
    let refusals = 0;
    for (const method of METHODS) {
      const bed = await makeFailingBed(method, makeError);
      for (const [url, init] of await requestsTo(bed.url)) {
        const { status } = await fetch(url, init);
        if (status >= 400) refusals++;
        expect([200, 204, 206, 400]).toContain(status);
      }
      bed.watch.expectNoLeak(bed);
      expect([method, bed.errors.length > 0]).toEqual([method, true]);
    }
    expect(refusals).toBeGreaterThan(METHODS.length * 2);
  },
);

/** A bed with a backup whose driver fails at one method from now on. */
async function makeFailingBed(method: (typeof METHODS)[number], makeError: () => Error): Promise<WatchedBed> {
  const driver = new MemoryDriver();
  const bed = await makeWatchedBed({ driver, handler: { waitForRestore: true } });
  await bed.manager.create({ name: "a.zip" });
  bed.watch.hide("srv", "of-a-customer", "storage.internal", "AKIAPLANTED", "EACCES");
  Object.assign(driver, { [method]: () => Promise.reject(makeError()) });
  return bed;
}
