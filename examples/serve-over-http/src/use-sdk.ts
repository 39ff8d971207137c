import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import PocketBase from "pocketbase";

export interface Account {
  readonly url: string;
  readonly email: string;
  readonly password: string;
}

/** Does with the official SDK of PocketBase what an administrator does, and checks what comes of it. */
export async function useSdk({ url, email, password }: Account, dataDir: string): Promise<void> {
  const notes = join(dataDir, "notes.txt");
  const pb = new PocketBase(url);
  await pb.collection("_superusers").authWithPassword(email, password);
  console.log(`logged in as ${pb.authStore.record?.email}`);

  await pb.backups.create("before-upgrade.zip");
  const backups = await pb.backups.getFullList();
  console.log(backups);
  assert.deepEqual(
    backups.map(({ key }) => key),
    ["before-upgrade.zip"],
  );

  const response = await fetch(pb.backups.getDownloadURL(await pb.files.getToken(), "before-upgrade.zip"));
  const archive = await response.blob();
  console.log(`downloaded ${archive.size} bytes`);
  assert.equal(archive.size, backups[0]?.size);

  await pb.backups.delete("before-upgrade.zip");
  await pb.backups.upload({ file: new File([archive], "uploaded.zip") });

  await writeFile(notes, "spoiled");
  await pb.backups.restore("uploaded.zip");
  await untilRestored(pb);
  assert.equal(await readFile(notes, "utf8"), "precious");
  console.log("restored: the notes are as they were");
}

/** The SDK's restore is answered when the archive has been judged; the status says when it is over. */
async function untilRestored(pb: PocketBase): Promise<void> {
  for (;;) {
    const { active, results } = await pb.send<Status>("/api/backups/status", { requestKey: null });
    const ended = results.find(({ operation }) => operation === "restore");
    if (ended && !active) return assert.equal(ended.error, null);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Status {
  readonly active: { readonly operation: string } | null;
  readonly results: readonly { readonly operation: string; readonly error: object | null }[];
}
