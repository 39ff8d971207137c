import { basename, join } from "node:path";
import { LocalDriver } from "@stowage/local";
import { readTree, temporaryDirectory } from "@stowage/test-kit/tree";
import { expect, it } from "vitest";
import { makeWatchedBed } from "../bed/watched-bed.ts";
import { FOREIGN_CONTENT, picture, plantForeignFiles } from "./foreign-files.ts";
import { sendHostileForms, VERBS } from "./hostile-key-requests.ts";

const DATA = { "data.db": FOREIGN_CONTENT, "logs/app.log": FOREIGN_CONTENT };

it.each(VERBS)(
  "no hostile form of a key reaches a foreign file by %s%s",
  async (...verb) => {
    const root = await temporaryDirectory();
    const backups = join(root, "backups");
    const bed = await makeWatchedBed({ data: DATA, driver: new LocalDriver({ directory: backups }) });
    await bed.manager.create({ name: "a.zip" });
    const names = await plantForeignFiles(backups, root);
    bed.watch.hide(root, basename(root), FOREIGN_CONTENT, ...names);
    const before = await picture(root);

    expect(await sendHostileForms(bed, verb)).toBeGreaterThan(150);

    expect(await picture(root)).toEqual(before);
    expect(await readTree(bed.dataDir)).toEqual(DATA);
    expect(await bed.keys()).toEqual(["a.zip"]);
    expect(bed.errors).toEqual([]);
    bed.watch.expectNoLeak(bed);
  },
  120_000,
);
