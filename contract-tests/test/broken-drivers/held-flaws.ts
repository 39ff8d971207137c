import { closeSync, openSync } from "node:fs";
import type { FilesystemDriver } from "@stowage/core";
import { wrapDriver } from "../../src/faults/wrap-driver.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import { brokenPlace, type Flaw } from "./flaw.ts";

/** Opens a file that nobody closes before the case is over. */
type Leak = () => void;

export const heldFlaws: readonly Flaw[] = [
  leaking("content that is read to its end keeps its file", ["read-to-the-end"], (driver, leak) => ({
    read: async (key, options) => {
      const { info, content } = await driver.read(key, options);
      async function* leakingAtTheEnd() {
        yield* content;
        leak();
      }
      return { info, content: leakingAtTheEnd() };
    },
  })),
  leaking("a range keeps its file", ["range-read-to-the-end", "range-left-early"], (driver, leak) => ({
    read: (key, options) => {
      if (options.range) leak();
      return driver.read(key, options);
    },
  })),
  leaking("a read that is refused keeps its connection", ["read-refused"], (driver, leak) => ({
    read: (key, options) => driver.read(key, options).catch(leakAnd(leak)),
  })),
  leaking("a read into memory keeps its file", ["read-into-memory"], (driver, leak) => ({
    read: (key, options) => {
      if (options.memory) leak();
      return driver.read(key, options);
    },
  })),
  leaking("a write keeps its file", ["write"], (driver, leak) => ({
    write: (key, content, options) => driver.write(key, content, options).finally(leak),
  })),
  leaking("a write that fails keeps its file", ["failed-write", "lost-create"], (driver, leak) => ({
    write: (key, content, options) => driver.write(key, content, options).catch(leakAnd(leak)),
  })),
  leaking("a list keeps its directory", ["list-left-early"], (driver, leak) => ({
    list: (options) => driver.list(options).finally(leak),
  })),
  leaking("an open that is aborted keeps its connection", ["close"], (driver, leak) => ({
    open: (options) => driver.open(options).catch(leakAnd(leak)),
  })),
  leaking("close keeps what open took", ["close"], (driver, leak) => ({
    open: (options) => driver.open(options).finally(leak),
  })),
  listening(),
];

/** Listens for the end of the process with each open, and never again not. */
function listening(): Flaw {
  const clean = () => {};
  return brokenPlace("a closed driver still waits for the end of the process", ["life/close-gives-back"], {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, {
        open: (options) => driver.open(options).finally(() => process.on("beforeExit", clean)),
      });
    },
    changes: () => ({ dispose: () => void process.removeAllListeners("beforeExit") }),
  });
}

function leakAnd(leak: Leak): (error: unknown) => never {
  return (error) => {
    leak();
    throw error;
  };
}

function leaking(
  name: string,
  rounds: readonly string[],
  change: (driver: FilesystemDriver, leak: Leak) => Partial<FilesystemDriver>,
): Flaw {
  const open: number[] = [];
  const leak = () => void open.push(openSync("/dev/null", "r"));
  const dispose = () => {
    for (const descriptor of open.splice(0)) closeSync(descriptor);
  };
  const caughtBy = rounds.map((round) => `life/${round}-gives-back`);
  return brokenPlace(name, caughtBy, {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, change(driver, leak));
    },
    changes: () => ({ dispose }),
  });
}
