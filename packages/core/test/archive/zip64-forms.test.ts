import { describe, expect, test } from "vitest";
import { extracted, judged } from "./archives.ts";
import { buildZip, type EntryPlan, withDisk, zip64Field } from "./build-zip.ts";
import { filesOf } from "./trees.ts";

const MAX = 0xffff_ffff;
const content = "content of an entry, content of an entry";
const before: EntryPlan = { name: "before", content };
/** Behind `before`: 30 bytes of a header, its name and its content. */
const OFFSET = 30 + 6 + 40;
const wideSizes = { size: MAX, compressedSize: MAX, local: { size: 40, compressedSize: 40 } };
const wideLocal = { ...wideSizes, local: { size: MAX, compressedSize: MAX, extra: zip64Field(40, 40) } };

describe("zip64 restores as it is written by", () => {
  const FORMS: readonly [writer: string, plan: Partial<EntryPlan>][] = [
    ["commons-compress, always", { ...wideLocal, offset: MAX, extra: withDisk(zip64Field(40, 40, OFFSET), 0) }],
    ["commons-compress, with compatibility", { extra: withDisk(zip64Field(40, 40, OFFSET), 0) }],
    ["zip_tricks", { ...wideLocal, offset: MAX, disk: 0xffff, extra: withDisk(zip64Field(40, 40, OFFSET), 0) }],
    ["Archive Utility of macOS 10.15", { ...wideLocal, extra: zip64Field(40, 40, 0) }],
    ["stream-zip", { ...wideLocal, offset: MAX, extra: zip64Field(40, 40, OFFSET) }],
    ["who leaves out the disk that the field should tell", { ...wideLocal, disk: 0xffff, extra: zip64Field(40, 40) }],
    ["who gives sizes that are not needed", { extra: zip64Field(40, 40) }],
    ["who leaves an empty field", { extra: zip64Field() }],
  ];

  test.each(FORMS)("%s", async (_writer, plan) => {
    for (const zip64 of [{}, { disks: 0 }]) {
      const bytes = buildZip([before, { name: "file", content, ...plan }], { disk: 0xffff, zip64 });

      expect(await filesOf(await extracted(bytes))).toEqual({ before: content, file: content });
    }
  });
});

test("a split archive is told from a whole one, with what to do", async () => {
  const wayOut = expect.stringContaining("zip -s 0 split.zip --out whole.zip");
  for (const bytes of [buildZip([before], { disk: 2 }), buildZip([{ ...before, disk: 1 }])]) {
    await expect(judged(bytes)).rejects.toMatchObject({ reason: "multiple-disks", message: wayOut });
  }
});
