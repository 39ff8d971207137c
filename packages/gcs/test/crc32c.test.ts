import { CRC32C } from "@google-cloud/storage";
import { expect, it } from "vitest";
import { Crc32c } from "../src/crc32c.ts";

/** RFC 3720, appendix B.4, and the check value of the catalogue of CRC algorithms. */
const VECTORS: [name: string, bytes: Buffer, value: number][] = [
  ["nothing", Buffer.alloc(0), 0x00000000],
  ["nine digits", Buffer.from("123456789"), 0xe3069283],
  ["32 zeroes", Buffer.alloc(32), 0x8a9136aa],
  ["32 ones", Buffer.alloc(32, 0xff), 0x62a8ab43],
  ["32 ascending bytes", Buffer.from(Array.from({ length: 32 }, (_, index) => index)), 0x46dd794e],
];

it.each(VECTORS)("the checksum of %s is the published one", (_, bytes, value) => {
  const crc32c = new Crc32c();
  crc32c.update(bytes);
  const expected = Buffer.alloc(4);
  expected.writeUInt32BE(value);
  expect(crc32c.toString()).toBe(expected.toString("base64"));
});

it("pieces of any length, at any alignment, give the SDK's checksum", () => {
  const bytes = Buffer.from(Array.from({ length: 5_000 }, (_, index) => (index * 131) >> 3));
  const own = new Crc32c();
  const sdk = new CRC32C();
  for (let start = 0, length = 0; start < bytes.length; start += length++) {
    own.update(bytes.subarray(start, start + length));
    sdk.update(bytes.subarray(start, start + length));
    expect(own.toString()).toBe(sdk.toString());
  }
});
