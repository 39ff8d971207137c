import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { parseMounts } from "../../src/disk/mount-list.ts";
import { nodeDisk } from "../../src/disk/node-disk.ts";
import { mountedPlaces } from "../../src/manager/settings/mounted-places.ts";
import { storagePlaces } from "../../src/manager/settings/storage-places.ts";
import { canMount, mountOn } from "../restore/real-mounts.ts";

const MOUNTS = canMount();
if (!MOUNTS) console.info("this process may not mount: mounts are tested by lists of mounts alone");

/** Each list begins with the file system of the root: `id parent device root point`. */
const CASES: [string, string[], { storage: string; places: string[] }][] = [
  ["there is one mount alone", [], { storage: "/nas/bk", places: [] }],
  ["the storage lies among the data in one mount", [], { storage: "/data/bk", places: ["bk"] }],
  ["it shows a folder of the data", ["2 1 8:1 /data/deep/bk /outer"], { storage: "/outer", places: ["deep/bk"] }],
  ["it shows a folder above it", ["2 1 8:1 /data/deep /outer"], { storage: "/outer/bk/a", places: ["deep/bk/a"] }],
  ["it shows a folder above the data", ["2 1 8:1 / /outer"], { storage: "/outer/data/bk", places: ["bk"] }],
  ["it shows a neighbour of the same beginning", ["2 1 8:1 /data-b /outer"], { storage: "/outer/bk", places: [] }],
  ["another file system has the same path", ["2 1 8:2 /data/bk /outer"], { storage: "/outer", places: [] }],
  ["it shows the data itself", ["2 1 8:1 /data /outer"], { storage: "/outer", places: [""] }],
  [
    "the data is a part of a volume",
    ["2 1 8:2 /app /data", "3 1 8:2 / /vol"],
    { storage: "/vol/app/b", places: ["b"] },
  ],
  ["a mount in the data shows it", ["2 1 8:1 /nas/bk /data/x"], { storage: "/nas/bk", places: ["x"] }],
  ["a mount in the data shows what is above it", ["2 1 8:1 /nas /data/x"], { storage: "/nas/bk", places: ["x/bk"] }],
  ["a mount in the data shows its neighbour", ["2 1 8:1 /nas/b /data/x"], { storage: "/nas/bk", places: [] }],
  [
    "a mount shows a folder of the data in it",
    ["2 1 8:1 /data/bk /data/x"],
    { storage: "/data/bk", places: ["bk", "x"] },
  ],
  [
    "the mount in the data is covered by another",
    ["2 1 8:1 /nas /data/a/x", "3 1 8:2 / /data/a"],
    { storage: "/nas", places: [] },
  ],
  [
    "the mount that shows it lies on another",
    ["2 1 8:2 / /outer", "3 2 8:1 /data/bk /outer/bk"],
    { storage: "/outer/bk", places: ["bk"] },
  ],
];

it.each(CASES)("a storage is found in /data when %s", (_, lines, { storage, places }) => {
  const mounts = parseMounts(Buffer.from(["1 0 8:1 / /", ...lines, ""].join("\n")));

  expect(mountedPlaces(mounts, "/data", storage)).toEqual(places);
});

it("without a list nothing is found", () => {
  expect(mountedPlaces([], "/data", "/data/bk")).toEqual([]);
});

describe.runIf(MOUNTS)("a storage behind a real bind mount", () => {
  it("is known where it lies in the data, also before its folder is made", async () => {
    const { dataDir, outside } = await place();
    mountOn(outside, join(dataDir, "deep"));

    expect(await placesOf(dataDir, join(outside, "backups"))).toEqual(["deep/backups"]);
  });

  it("is known where a mount in the data shows it", async () => {
    const { dataDir, outside } = await place();
    await mkdir(outside);
    mountOn(join(dataDir, "x"), outside);

    expect(await placesOf(dataDir, join(outside, "backups"))).toEqual(["x/backups"]);
  });

  it("is refused where it shows the data directory itself", async () => {
    const { dataDir, outside } = await place();
    mountOn(outside, dataDir);

    await expect(placesOf(dataDir, outside)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });
});

async function place(): Promise<{ dataDir: string; outside: string }> {
  const directory = await temporaryDirectory();
  const dataDir = join(directory, "data");
  await mkdir(join(dataDir, "deep"), { recursive: true });
  return { dataDir, outside: join(directory, "outside") };
}

function placesOf(dataDir: string, storage: string): Promise<string[]> {
  return storagePlaces({ dataDir, disk: nodeDisk }, [storage]);
}
