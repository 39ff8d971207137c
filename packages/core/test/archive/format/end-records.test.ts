import { describe, expect, test } from "vitest";
import { decodeEndRecords, encodeEndRecords } from "../../../src/archive/format/end-records.ts";

const SMALL = 22;
const ZIP64 = 98;

describe("end records", () => {
  test.each([
    [{ count: 0, size: 0, offset: 0 }, SMALL],
    [{ count: 65_534, size: 5_000_000, offset: 1000 }, SMALL],
    [{ count: 65_535, size: 5_000_000, offset: 1000 }, ZIP64],
    [{ count: 65_536, size: 5_000_000, offset: 1000 }, ZIP64],
    [{ count: 1, size: 50, offset: 2 ** 32 - 2 }, SMALL],
    [{ count: 1, size: 50, offset: 2 ** 32 - 1 }, ZIP64],
    [{ count: 1, size: 50, offset: 2 ** 40 }, ZIP64],
  ])("of %j take %i bytes and are read back", (place, size) => {
    const bytes = encodeEndRecords(place);

    expect(bytes.length).toBe(size);
    expect(decodeEndRecords(bytes, place.offset + place.size + bytes.length)).toMatchObject(place);
  });
});
