import { appendFile, cp, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compareDirectories } from "../src/compare-directories.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

async function twins(): Promise<{ source: string; restored: string }> {
  const root = await temporaryDirectory();
  const source = join(root, "source");
  await mkdir(join(source, "empty"), { recursive: true });
  await mkdir(join(source, "deep/er"), { recursive: true });
  await writeFile(join(source, "deep/er/große.bin"), Buffer.alloc(600_000, "abc"));
  await writeFile(join(source, "empty.txt"), "");
  const restored = join(root, "restored");
  await cp(source, restored, { recursive: true });
  return { source, restored };
}

const changes: Record<string, { change: (restored: string) => Promise<unknown>; difference: string }> = {
  "one changed byte in the last block": {
    change: (restored) => {
      const changed = Buffer.alloc(600_000, "abc");
      changed[599_999] = 0;
      return writeFile(join(restored, "deep/er/große.bin"), changed);
    },
    difference: "deep/er/große.bin differs from byte 524288 on",
  },
  "a longer file": {
    change: (restored) => appendFile(join(restored, "empty.txt"), "x"),
    difference: "empty.txt has 0 bytes, and was restored with 1",
  },
  "a missing file": {
    change: (restored) => rm(join(restored, "empty.txt")),
    difference: "empty.txt was not restored",
  },
  "a missing empty directory": {
    change: (restored) => rm(join(restored, "empty"), { recursive: true }),
    difference: "empty was not restored",
  },
  "a file that nobody backed up": {
    change: (restored) => writeFile(join(restored, "new.txt"), ""),
    difference: "new.txt was restored, but is not in the source",
  },
  "a file in place of a directory": {
    change: async (restored) => {
      await rm(join(restored, "empty"), { recursive: true });
      await writeFile(join(restored, "empty"), "");
    },
    difference: "empty is a directory, and was restored as a file",
  },
};

test("two copies of a tree are the same", async () => {
  const { source, restored } = await twins();

  expect(await compareDirectories(source, restored, { skipped: new Set() })).toEqual({
    entries: 5,
    size: 600_000,
    differences: [],
    missing: [],
  });
});

test.each(Object.entries(changes))("%s is a difference", async (_, { change, difference }) => {
  const { source, restored } = await twins();
  await change(restored);

  const { differences } = await compareDirectories(source, restored, { skipped: new Set() });

  expect(differences).toEqual([difference]);
});

test("a file that the backup warned about and stored all the same is compared", async () => {
  const { source, restored } = await twins();
  await appendFile(join(restored, "empty.txt"), "x");

  const { differences } = await compareDirectories(source, restored, { skipped: new Set(["empty.txt"]) });

  expect(differences).toEqual(["empty.txt has 0 bytes, and was restored with 1"]);
});

test("a link is a difference unless the backup said that it left it out", async () => {
  const { source, restored } = await twins();
  await symlink("empty.txt", join(source, "link"));

  const unreported = await compareDirectories(source, restored, { skipped: new Set() });
  const reported = await compareDirectories(source, restored, { skipped: new Set(["link"]) });

  expect(unreported.differences).toEqual(["link was not restored"]);
  expect(reported.differences).toEqual([]);
});

test("what may be missing and is, is told without what lies in it", async () => {
  const { source, restored } = await twins();
  await rm(join(restored, "deep"), { recursive: true });

  const { differences, missing } = await compareDirectories(source, restored, { skipped: new Set(["deep", "gone"]) });

  expect([differences, missing]).toEqual([[], ["deep"]]);
});
