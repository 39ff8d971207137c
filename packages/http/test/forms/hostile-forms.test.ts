import { LocalDriver } from "@stowage/local";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it, vi } from "vitest";
import { archiveOf } from "../bed/archive-of.ts";
import { ADMIN } from "../bed/bed.ts";
import { sendRaw } from "../bed/raw-answer.ts";
import { uploadResidue } from "../bed/upload-residue.ts";
import { makeWatchedBed } from "../bed/watched-bed.ts";
import { hostileForms, type RawForm, soundForm } from "./hostile-forms.ts";

it("every malformed form is refused over a socket, and leaves nothing", async () => {
  const root = await temporaryDirectory();
  const driver = new LocalDriver({ directory: root });
  const bed = await makeWatchedBed({ driver, listener: { idleTimeoutMs: 300 } });
  const archive = await archiveOf(bed);
  const forms = Object.entries(hostileForms(archive));
  bed.watch.hide(root);

  const statuses = await Promise.all(
    forms.map(async ([flaw, form]) => {
      const { status, text } = await sendRaw(bed.port, uploadRequest(form));
      bed.watch.look(text, flaw);
      return [flaw, status] as const;
    }),
  );

  expect((await sendRaw(bed.port, uploadRequest(soundForm(archive)))).status).toBe(204);
  await bed.manager.delete("new.zip");

  expect(forms.length).toBeGreaterThanOrEqual(60);
  expect(statuses.filter(([, status]) => status < 400 || status > 499)).toEqual([]);
  await vi.waitFor(() => expect(bed.runningCount()).toBe(0), { timeout: 20_000 });
  expect(await bed.keys()).toEqual([]);
  expect(await uploadResidue(bed, root)).toEqual([]);
  expect(bed.errors).toEqual([]);
  bed.watch.expectNoLeak(bed);
}, 120_000);

function uploadRequest({ headers, body }: RawForm): Buffer {
  const head = ["host: backups.example", `authorization: ${ADMIN.authorization}`, "connection: close", ...headers];
  return Buffer.concat([
    Buffer.from(`POST /api/backups/upload HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n`, "latin1"),
    body,
  ]);
}
