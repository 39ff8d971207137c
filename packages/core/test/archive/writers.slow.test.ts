import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { MemoryDriver } from "@stowage/memory";
import { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory, writeTree } from "@stowage/test-kit/tree";
import { describe, expect, test } from "vitest";
import { BackupManager, Filesystem } from "../../src/index.ts";
import { run } from "./tools.ts";
import { COMMAND_WRITERS } from "./writers/command-writers.ts";
import { LIBRARY_WRITERS } from "./writers/library-writers.ts";
import { type Contents, contentsOf, lookOf, READERS } from "./writers/readers.ts";
import type { Form } from "./writers/writer.ts";
import { WAYS_OUT } from "./writers/writers-page.ts";

process.env.PROGRAMS = fileURLToPath(new URL("writers", import.meta.url));
process.env.LIBRARIES = fileURLToPath(new URL("../../../../node_modules/.zip-writers", import.meta.url));

const random = new SeededRandom(11);
const TREE = {
  "data.db": random.text(300_000),
  "storage/photo.jpg": random.bytes(150_000),
  "storage/ü €.txt": "unicode",
  "storage/nothing/": "",
  "日本語/ファイル.txt": "more of it",
  "a b/c d.txt": "blanks",
  ".hidden": "a dot",
  empty: "",
};

for (const writer of [...COMMAND_WRITERS, ...LIBRARY_WRITERS]) {
  const isThere = spawnSync("sh", ["-c", writer.there], { stdio: "ignore" }).status === 0;
  const isWanted = isThere || (process.env.CI !== undefined && writer.isInCi);
  describe(`an archive of ${writer.name}${isWanted ? "" : " (skipped: it is not installed)"}`, () => {
    for (const form of writer.forms) {
      const title = `${form.title}: ${form.outcome}`;
      if (isWanted) test(title, () => checkForm(form));
      else test.skip(title, () => {});
    }
  });
}

async function checkForm(form: Form): Promise<void> {
  const work = await temporaryDirectory();
  const archive = await packed(work, form);
  if (form.outcome === "restored") return compare(form, archive, await restored(work, archive, "strict"));
  const reason = form.outcome === "lenient" ? "name-absolute" : form.outcome;
  await expect(restored(work, archive, "strict")).rejects.toMatchObject({
    code: "INVALID_ARCHIVE",
    reason,
    message: expect.stringMatching(WAYS_OUT[reason]?.told ?? /^nothing/),
  });
  const lenient = restored(work, archive, "lenient");
  if (form.outcome === "lenient") return compare(form, archive, await lenient);
  await expect(lenient).rejects.toMatchObject({ reason });
}

async function packed(work: string, { script }: Form): Promise<string> {
  const tree = join(work, "tree");
  await writeTree(tree, TREE);
  await symlink("data.db", join(tree, "link"));
  const archive = join(work, "archive.zip");
  await run("sh", ["-c", script, "sh", archive], tree);
  return archive;
}

/** Uploads, verifies, extracts and restores. What is extracted must be what is restored. */
async function restored(work: string, archive: string, names: "strict" | "lenient"): Promise<Contents> {
  const place = await mkdtemp(join(work, `${names}-`));
  const dataDir = join(place, "data");
  await mkdir(dataDir);
  const manager = new BackupManager({ dataDir, filesystem: new Filesystem(new MemoryDriver()), names });
  await manager.upload("a.zip", await readFile(archive));
  const { skipped, warnings } = await manager.verify("a.zip");
  await manager.extract("a.zip", { to: join(place, "extracted") });
  await manager.restore("a.zip");
  await manager.close();
  const contents = contentsOf(dataDir);
  expect(contentsOf(join(place, "extracted"))).toEqual(contents);
  expect(skipped).toEqual([]);
  expect(warnings.filter(({ reason }) => reason !== "name-guessed")).toEqual([]);
  return { ...contents, ...(warnings.length > 0 && { [GUESSED]: "" }) };
}

/** Says in the contents that names were guessed. No file is called so. */
const GUESSED = "/";

async function compare(
  form: Form,
  archive: string,
  { [GUESSED]: guessed, ...own }: Record<string, string>,
): Promise<void> {
  expect(guessed !== undefined, "whether names were guessed").toBe(form.names === "guessed");
  expect(own["data.db"] ?? own["app-1.0/data.db"] ?? own["-"]).toBeDefined();
  for (const { name, unpack } of READERS) {
    const directory = await temporaryDirectory();
    await unpack(archive, directory);
    const look = lookOf(name, form);
    expect(look.found(contentsOf(directory)), `the tree of ${name}`).toEqual(look.expected(own));
  }
}
