import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { FileInfo } from "@stowage/core";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertBytes, assertObject, readBytes } from "../../assert/assertions.ts";
import { asynchronously, textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";

/** What a storage that took bytes for text would change, or would unpack. */
const LOOKS: Readonly<Record<string, Buffer>> = {
  "a byte order mark, line ends of two kinds, and no UTF-8": Buffer.from("efbbbf0d0a610a0d0d0ac3280920000a", "hex"),
  "UTF-16": Buffer.from("fffe61000d000a001a00", "hex"),
  "what gzip starts with": gzipSync("packed"),
  "zeros, spaces and an end of file": Buffer.from("0000002020410420201a000a0a", "hex"),
  "base64, percents and JSON": textBytes('"%41+aGVsbG8=&amp;\\u0041\\n"'),
  "JSON with spaces and escapes": textBytes('{ "b": 1.0,  "a": "\\u00e9" }\n'),
};

/** Types of content that clients decode, and encode again: each look has one of them in its turn. */
const TEXT_TYPES = [undefined, "text/plain", "application/gzip", undefined, "text/plain", "application/json"] as const;

export const writeExactCases: readonly ContractCase[] = [
  {
    id: "write/bytes-as-they-are",
    title:
      "bytes that look like text, or are said to be, with a mark or line ends, or like what is compressed, are stored as they are",
    tier: "fast",
    run: async (context) => {
      const { contentTypes } = context.filesystem.capabilities;
      for (const [index, [name, bytes]] of Object.entries(LOOKS).entries()) {
        const contentType = contentTypes ? TEXT_TYPES[index % TEXT_TYPES.length] : undefined;
        await context.filesystem.write(context.key("a"), asynchronously([bytes]), { contentType });
        assertBytes(await readBytes(context.filesystem, context.key("a")), bytes, name);
      }
    },
  },
  overwriting("shorter", [10, 0]),
  overwriting("longer", [900]),
  overwriting("equally-long", [300]),
  {
    id: "write/content-type",
    title:
      "the content type comes back as it is, from write, stat and reads, by every handle, and an overwrite replaces it",
    tier: "fast",
    needs: ["contentTypes"],
    run: async (context) => {
      const { filesystem } = context;
      const key = context.key("a");
      for (const contentType of ["application/zip", "text/plain; charset=UTF-8"]) {
        const written = await filesystem.write(key, textBytes("abc"), { contentType });
        const found: [string, FileInfo][] = [
          ["write", written],
          ["stat", await filesystem.stat(key)],
          ["stat by another handle", await context.open().stat(key)],
        ];
        for (const range of [{}, { start: 1, end: 2 }]) {
          const { info, content } = await filesystem.read(key, range);
          content.destroy();
          found.push([`read of ${range.end ? "a range" : "all"}`, info]);
        }
        for (const [verb, file] of found) {
          assertEqual(file.contentType, contentType, `the content type that ${verb} returns`);
        }
      }
    },
  },
];

function overwriting(id: string, sizes: readonly number[]): ContractCase {
  return {
    id: `write/overwrite-${id}`,
    title: `an overwrite with ${id.replaceAll("-", " ")} content leaves nothing of the old content or of its version`,
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      let { etag } = await filesystem.write(context.key("a"), context.bytes(300));
      for (const size of sizes) {
        const next = context.bytes(size);
        const written = await filesystem.write(context.key("a"), next);
        if (etag) assert.notEqual(written.etag, etag, "another version has another etag");
        ({ etag } = written);
        await assertObject(filesystem, context.key("a"), next);
      }
    },
  };
}
