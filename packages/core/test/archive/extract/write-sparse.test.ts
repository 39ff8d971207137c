import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { SeededRandom } from "@stowage/test-kit/random";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { writeSparse } from "../../../src/archive/extract/write-sparse.ts";
import { nodeDisk } from "../../../src/disk/node-disk.ts";
import { makeManager } from "../../manager/manager-fixture.ts";

const KIB = 1024;

describe("a sparse write", () => {
  it("gives the same bytes, however they are cut, and leaves out blocks of zeros", async () => {
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const random = new SeededRandom(seed);
      const content = Buffer.alloc(1 + random.below(700 * KIB));
      for (let count = random.below(6); count > 0; count -= 1) {
        random.bytes(random.below(70 * KIB)).copy(content, random.below(content.length));
      }
      const path = join(await temporaryDirectory(), "f");
      const file = await nodeDisk.createFile(path);
      let most = 0;
      const counting = {
        writeAt: async (buffers: readonly Uint8Array[], position: number) => {
          most += buffers.reduce((size, { length }) => size + length, 0);
          await file.writeAt(buffers, position);
        },
      };

      for (let position = 0; position < content.length; ) {
        const pieces = cut(content.subarray(position, position + 1 + random.below(300 * KIB)), random);
        await writeSparse(counting, pieces, { position, size: content.length });
        position += pieces.reduce((size, { length }) => size + length, 0);
      }
      await file.close();

      expect((await readFile(path)).equals(content), `seed ${seed}`).toBe(true);
      expect(most, `seed ${seed}`).toBeLessThanOrEqual(content.length);
    }
  });

  it.each([
    ["nothing but zeros", 10 * 64 * KIB, 64 * KIB],
    ["zeros up to the middle of a block", 640 * KIB + 5, 5],
  ])("writes of %s the end alone", async (_title, size, expected) => {
    let written = 0;
    const writeAt = (buffers: readonly Uint8Array[]) => {
      written += buffers.reduce((total, { length }) => total + length, 0);
    };

    await writeSparse({ writeAt }, [Buffer.alloc(size)], { position: 0, size });

    expect(written).toBe(expected);
  });
});

it("a sparse file comes back with its holes", async () => {
  const { dataDir, manager } = await makeManager();
  const path = join(dataDir, "sparse");
  const file = await open(path, "w");
  await file.write("begin", 0);
  await file.write("middle", 40 * KIB * KIB);
  await file.truncate(64 * KIB * KIB);
  await file.close();
  await manager.create({ name: "a.zip" });

  await manager.restore("a.zip");

  const restored = await stat(path);
  expect(restored.size).toBe(64 * KIB * KIB);
  expect(512 * restored.blocks).toBeLessThan(restored.size / 50);
});

function cut(bytes: Uint8Array, random: SeededRandom): Uint8Array[] {
  const middle = random.below(bytes.length + 1);
  return [bytes.subarray(0, middle), bytes.subarray(middle)].filter(({ length }) => length > 0);
}
