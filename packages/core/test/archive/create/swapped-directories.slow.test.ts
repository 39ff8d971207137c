import { groupDirectories } from "@stowage/test-kit/tree";
import { beforeAll, expect, test } from "vitest";
import { threadedDisk } from "../../disk/threaded-disk.ts";
import { bundleWorker } from "../bundle-worker.ts";
import { raceSwaps } from "./swapped-directories.ts";

const directories = groupDirectories();
let workerUrl: URL;
beforeAll(async () => {
  workerUrl = await bundleWorker("compression-worker", await directories());
});

test.each([0, 2])(
  "200 archives of a directory that is swapped for a link, by %i threads, hold nothing from outside",
  async (workers) => {
    const { stored, refused, swaps } = await raceSwaps(200, { workers, disk: threadedDisk(workerUrl) });

    console.log(
      `swapped directories, ${workers} threads: ${stored} stored, ${refused} refused, ${swaps} swaps, 0 from outside`,
    );
    expect(stored + refused).toBe(200);
  },
);
