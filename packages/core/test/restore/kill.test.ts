import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KillDirectory, killDirectory } from "./kill-directory.ts";
import { KillSweep } from "./kill-sweep.ts";
import { scenarioCalled } from "./scenarios.ts";

let place: KillDirectory;

beforeAll(async () => {
  place = await killDirectory();
});

afterAll(() => place.remove());

describe.each(["a database with its log and directories", "entries that are kept at every depth"])(
  "SIGKILL during a restore of %s",
  (name) => {
    it("leaves the old data or the new after recovery, at every disk call", { timeout: 120_000 }, async () => {
      const sweep = new KillSweep(scenarioCalled(name), place.for(name));

      const { runs, children, old, new: done, bad } = await sweep.run({ stride: 60 });

      const outcome = `${old} × old, ${done} × new, ${bad.length} bad`;
      console.info(`${name}: ${runs} operations in ${children} children killed by SIGKILL: ${outcome}`);
      expect(bad).toEqual([]);
      expect(runs).toBeGreaterThan(150);
    });
  },
);
