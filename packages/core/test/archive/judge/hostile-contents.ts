import { crc32, deflateRawSync } from "node:zlib";
import { SeededRandom } from "@stowage/test-kit/random";
import type { EntryPlan } from "../build-zip.ts";
import { entriesCase, type HostileCase } from "./hostile-case.ts";

const random = new SeededRandom(3);

/** Contents that no header gives away: the judge accepts them, and reading them must fail. Small and large take different ways. */
export const HOSTILE_CONTENTS: readonly HostileCase[] = [1000, 3_000_000].flatMap((size) => {
  const content = random.text(size);
  const deflated = deflateRawSync(content);
  const plain: EntryPlan = { name: "f", content };
  const packed: EntryPlan = { ...plain, method: 8 };
  const at = (title: string) => `${title}, ${size} bytes`;
  return [
    entriesCase("content-crc", at("another CRC of stored content"), {
      hostile: [{ ...plain, crc32: 1 }],
      benign: [plain],
    }),
    entriesCase("content-crc", at("a CRC of 0"), { hostile: [{ ...packed, crc32: 0 }], benign: [packed] }),
    entriesCase("content-size", at("a size one too small"), {
      hostile: [{ ...packed, size: size - 1, crc32: crc32(content.subarray(0, -1)) }],
      benign: [packed],
    }),
    entriesCase("content-size", at("a size of 0"), { hostile: [{ ...packed, size: 0, crc32: 0 }], benign: [packed] }),
    entriesCase("content-size", at("a size one too large"), {
      hostile: [{ ...packed, size: size + 1 }],
      benign: [packed],
    }),
    entriesCase("content-unconsumed", at("bytes behind the deflated ones"), {
      hostile: [{ ...packed, data: Buffer.concat([deflated, Buffer.alloc(1)]) }],
      benign: [packed],
    }),
    entriesCase("content-unconsumed", at("many bytes behind the deflated ones"), {
      hostile: [{ ...packed, data: Buffer.concat([deflated, Buffer.alloc(700_000)]) }],
      benign: [packed],
    }),
    entriesCase("content-deflate", at("deflated bytes that are cut off"), {
      hostile: [{ ...packed, data: deflated.subarray(0, -10) }],
      benign: [packed],
    }),
    entriesCase("content-deflate", at("bytes that are not deflated"), {
      hostile: [{ ...packed, data: Buffer.from("\x07\x07not deflated".padEnd(deflated.length, "x")) }],
      benign: [packed],
    }),
    entriesCase("content-deflate", at("no bytes where deflated ones must be"), {
      hostile: [{ ...packed, data: Buffer.alloc(0), content: "", method: 8 }],
      benign: [packed],
    }),
  ];
});
