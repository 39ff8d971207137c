import { rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Filesystem } from "@stowage/core";
import { nodeDisk } from "@stowage/core/driver";
import { temporaryDirectory } from "@stowage/test-kit/tree";
import { describe, expect, it } from "vitest";
import { LocalDriver } from "../src/index.ts";
import { FailingDisk } from "./failing-disk.ts";
import { keysOf } from "./keys-of.ts";

const { signal } = new AbortController();

describe("a list", () => {
  it("reads a quiet directory once and describes each file once", async () => {
    const directory = await directoryWith(numbered(2_500));
    await calm(directory);
    const failing = new FailingDisk();
    const filesystem = new Filesystem(new LocalDriver({ directory }, failing.disk));
    await filesystem.open();
    failing.calls.length = 0;

    expect(await keysOf(filesystem)).toHaveLength(2_500);

    expect(failing.calls.filter((call) => call === "readDirectory")).toHaveLength(1);
    expect(failing.calls.filter((call) => call === "lstat")).toHaveLength(2_500);
  });

  it("sees what comes and goes behind its cursor, also in a directory that was quiet", async () => {
    const directory = await directoryWith(["a", "b", "d", "e"]);
    await calm(directory);
    const driver = new LocalDriver({ directory });

    const first = await driver.list({ prefix: "", limit: 2, signal });
    await writeFile(join(directory, "a2"), "");
    await writeFile(join(directory, "c"), "");
    await rm(join(directory, "b"));
    await rm(join(directory, "d"));
    const second = await driver.list({ prefix: "", limit: 2, cursor: first.cursor, signal });

    expect(first.files.map(({ key }) => key)).toEqual(["a", "b"]);
    expect(second.files.map(({ key }) => key)).toEqual(["c", "e"]);
    expect(second.cursor).toBeUndefined();
  });

  it("sees a change in the very tick in which it read a busy directory", async () => {
    const directory = await directoryWith(["a", "b"]);
    const frozen = await nodeDisk.statDirectory(directory);
    const driver = new LocalDriver({ directory }, { ...nodeDisk, statDirectory: async () => frozen });

    await driver.list({ prefix: "", limit: 1, signal });
    await writeFile(join(directory, "c"), "");
    const { files } = await driver.list({ prefix: "", limit: 9, cursor: "a", signal });

    expect(files.map(({ key }) => key)).toEqual(["b", "c"]);
  });

  it("leaves out a file that vanishes before it is described", async () => {
    const directory = await directoryWith(["a", "b", "c"]);
    const lstatEachExactly: typeof nodeDisk.lstatEachExactly = async (paths) => {
      for (const path of paths) if (path.endsWith("b")) await rm(path);
      return nodeDisk.lstatEachExactly(paths);
    };
    const { files } = await new LocalDriver({ directory }, { ...nodeDisk, lstatEachExactly }).list({
      prefix: "",
      limit: 9,
      signal,
    });

    expect(files.map(({ key }) => key)).toEqual(["a", "c"]);
  });

  it("finds prefixes by bytes, where they are whole characters", async () => {
    const keys = ["z", "\u{ff01}1", "\u{1f600}", "\u{1f600}1", "\u{1f601}"];
    const driver = new LocalDriver({ directory: await directoryWith(keys) });

    for (const prefix of ["", "z", "\u{ff01}", "\u{1f600}", "\u{1f602}", "0"]) {
      const { files } = await driver.list({ prefix, limit: 9, signal });
      expect(files.map(({ key }) => key)).toEqual(keys.filter((key) => key.startsWith(prefix)));
    }
  });
});

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `object-${index}`);
}

async function directoryWith(names: readonly string[]): Promise<string> {
  const directory = await temporaryDirectory();
  for (const name of names) await writeFile(join(directory, name), "");
  return directory;
}

/** Sets the time of the last change of names back, as if nothing had happened for an hour. */
async function calm(directory: string): Promise<void> {
  const time = Date.now() / 1_000 - 3_600;
  await utimes(directory, time, time);
}
