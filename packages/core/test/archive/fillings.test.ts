import { describe, expect, test } from "vitest";
import { extracted, judged, judgedWithHeaders } from "./archives.ts";
import { buildZip, DESCRIPTOR, descriptorOf, type EntryPlan, UTF8 } from "./build-zip.ts";
import { filesOf } from "./trees.ts";

const content = "content of an entry, content of an entry";
const file: EntryPlan = { name: "file", content };

describe("zeros that fill are no part of anything", () => {
  test.each([1, 2, 3, 5, 4095])("%i behind the extra fields, as zipalign writes them", async (count) => {
    const extra = Buffer.alloc(count);
    const bytes = buildZip([{ ...file, extra, local: { extra } }]);

    expect(await filesOf(await extracted(bytes))).toEqual({ file: content });
    await judgedWithHeaders(bytes);
  });

  test.each([512, 10_240])(
    "behind the end, up to a block of %i bytes, as bsdtar writes them into a pipe",
    async (size) => {
      for (const comment of [Buffer.alloc(0), Buffer.from("a comment")]) {
        const archive = buildZip([file], { comment });
        const bytes = Buffer.concat([archive, Buffer.alloc(size - (archive.length % size))]);

        expect(await filesOf(await extracted(bytes))).toEqual({ file: content });
      }
    },
  );

  test("behind the end in no block are told from an archive that is whole", async () => {
    const bytes = Buffer.concat([buildZip([file]), Buffer.alloc(3)]);

    const told = expect.stringMatching(/fetch it again, or pack it again/);
    await expect(judged(bytes)).rejects.toMatchObject({ reason: "trailing-bytes", message: told });
  });
});

test.each([0, 1, 2])("a count that is cut, as by Archive Utility of macOS, is refused: %i of 3", async (count) => {
  const three = ["a", "b", "c"].map((name): EntryPlan => ({ name }));

  const told = expect.stringMatching(/Archive Utility of macOS .*`zip -r`/);
  await expect(judged(buildZip(three, { count, countOnDisk: count }))).rejects.toMatchObject({
    reason: "entry-count",
    message: told,
  });
});

test("hints on the level of deflate may differ between headers", async () => {
  const plan: EntryPlan = { ...file, method: 8, flags: UTF8 | 2, local: { flags: UTF8 } };

  expect(await filesOf(await extracted(buildZip([plan])))).toEqual({ file: content });
  const streamed = { ...plan, flags: UTF8 | DESCRIPTOR, descriptor: descriptorOf(content, { method: 8 }) };
  const told = expect.stringMatching(/flags .* pack it again/);
  await expect(judgedWithHeaders(buildZip([streamed]))).rejects.toMatchObject({ reason: "local-flags", message: told });
});
