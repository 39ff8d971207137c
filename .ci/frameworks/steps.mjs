import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const PATIENCE_MS = 15_000;
const EMAIL = "admin@example.com";

/** By name, in order: what an admin does with PocketBase's SDK, and first a visitor of the application. */
const STEPS = {
  "own page": async ({ url }) => {
    assert.match(await (await fetch(url)).text(), /the application/);
    const missing = await fetch(`${url}/no-such-page`);
    assert.equal(missing.status, 404);
    assert.ok(!(await missing.text()).startsWith('{"code":404,"status":404,'), "a page is the application's to refuse");
  },
  "log in": async ({ client, password }) => {
    const superusers = client.collection("_superusers");
    await assert.rejects(superusers.authWithPassword(EMAIL, "wrong"), { status: 400 });
    await assert.rejects(client.backups.getFullList(), { status: 401 });
    await superusers.authWithPassword(EMAIL, password);
  },
  create: ({ client }) => client.backups.create("a.zip"),
  list: async ({ client }) => assert.deepEqual(await keysOf(client), ["a.zip"]),
  download: async (context) => {
    const token = await context.client.files.getToken();
    const response = await fetch(context.client.backups.getDownloadURL(token, "a.zip"));
    context.archive = Buffer.from(await response.arrayBuffer());
    assert.equal(context.archive.subarray(0, 2).toString(), "PK");
  },
  upload: async ({ client, archive }) => {
    await client.backups.upload({ file: new File([archive], "b.zip") });
    assert.deepEqual(await keysOf(client), ["a.zip", "b.zip"]);
  },
  restore: async ({ client, project }) => {
    const file = join(project, "data", "notes.txt");
    writeFileSync(file, "lost");
    await client.backups.restore("b.zip");
    await eventually(async () => assert.equal(readFileSync(file, "utf8"), "precious"));
  },
  delete: async ({ client }) => {
    for (const key of ["a.zip", "b.zip"]) await eventually(() => client.backups.delete(key)); // the restore may still hold it
    assert.deepEqual(await keysOf(client), []);
  },
};

/** Takes each step against an application whose project has the SDK installed, and calls `done` with its name. */
export async function takeSteps({ url, project, password, done }) {
  const sdk = createRequire(join(project, "package.json")).resolve("pocketbase");
  const { default: PocketBase } = await import(pathToFileURL(sdk).href);
  const client = new PocketBase(url);
  client.autoCancellation(false);
  const context = { url, project, password, client };
  for (const [name, step] of Object.entries(STEPS)) {
    await step(context);
    done(name);
  }
}

async function keysOf(client) {
  return (await client.backups.getFullList()).map(({ key }) => key).sort();
}

/** Does something again and again until it does not fail. */
async function eventually(action) {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await delay(100);
    }
  }
}
