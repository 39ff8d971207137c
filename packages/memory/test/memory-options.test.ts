import fs from "node:fs";
import { Volume } from "memfs";
import { expect, it } from "vitest";
import { MemoryDriver, type MemoryOptions, memoryFilesystem } from "../src/index.ts";

it.each<[string, unknown, RegExp]>([
  ["null", null, /^options: not an object/],
  ["a text", "volume", /^options: not an object/],
  ["a list", [], /^options: not an object/],
  ["a volume in place of options", new Volume(), /no such option; there are volume/],
  ["an unknown name", { volumne: new Volume() }, /^volumne: no such option; did you mean volume\?/],
  ["a name of another driver", { directory: "/srv" }, /^directory: no such option; there are volume/],
  ["a volume that is null", { volume: null }, /^volume: not a volume of memfs/],
  ["a volume that is a path", { volume: "/srv" }, /^volume: not a volume of memfs/],
  ["files by name", { volume: { "/a.zip": "x" } }, /^volume: not a volume of memfs/],
  ["the class", { volume: Volume }, /^volume: not a volume of memfs/],
  ["the disk of the host", { volume: fs }, /^volume: not a volume of memfs/],
])("options that are wrong are refused: %s", (_kind, options, message) => {
  const refusal = expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringMatching(message) });

  for (const make of [memoryFilesystem, (given: MemoryOptions) => new MemoryDriver(given)]) {
    expect(() => make(options as MemoryOptions)).toThrow(refusal);
  }
});

it.each([[undefined], [{}], [{ volume: undefined }], [{ volume: new Volume() }]])(
  "options %j are right",
  async (options) => {
    const filesystem = memoryFilesystem(options);

    await filesystem.write("a.zip", Buffer.from("x"));

    expect(await filesystem.exists("a.zip")).toBe(true);
  },
);
