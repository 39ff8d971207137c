import { expect, test } from "vitest";
import { judgeArchive } from "../../../src/archive/judge/judge-archive.ts";
import { rules } from "../archives.ts";
import { HOSTILE_SIZES } from "./hostile-sizes.ts";

test.each(HOSTILE_SIZES)("$title is refused before it is read", async ({ reader, reason }) => {
  let bytesRead = 0;
  const counting = {
    ...reader,
    read: (start: number, end: number) => {
      bytesRead += end - start;
      return reader.read(start, end);
    },
  };

  await expect(judgeArchive(counting, rules)).rejects.toMatchObject({ code: "INVALID_ARCHIVE", reason });
  expect(bytesRead).toBeLessThanOrEqual(2 ** 20);
});
