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
  leakingUntilClose(
    "a range that is read to its end keeps its file until close",
    ["range-read-to-the-end"],
    (driver, leak) => ({
      read: async (key, options) => {
        const { info, content } = await driver.read(key, options);
        async function* leakingAtTheEnd() {
          yield* content;
          leak();
        }
        return { info, content: options.range && !options.memory ? leakingAtTheEnd() : content };
      },
    }),
  ),
  leakingUntilClose("a range that is left keeps its file until close", ["range-left-early"], (driver, leak) => ({
    read: async (key, options) => {
      const { info, content } = await driver.read(key, options);
      async function* leakingUnlessRead() {
        let isOver = false;
        try {
          yield* content;
          isOver = true;
        } finally {
          if (!isOver) leak();
        }
      }
      return { info, content: options.range && !options.memory ? leakingUnlessRead() : content };
    },
  })),
  leakingUntilClose("a create-only write that loses keeps its file until close", ["lost-create"], (driver, leak) => ({
    write: (key, content, options) =>
      driver.write(key, content, options).catch((error) => {
        if (options.ifNotExists) leak();
        throw error;
      }),
  })),
  leakingUntilClose("a write whose content fails keeps its file until close", ["failed-write"], (driver, leak) => ({
    write: (key, content, options) =>
      driver.write(key, content, options).catch((error) => {
        if (!options.ifNotExists) leak();
        throw error;
      }),
  })),
  leaking("a list keeps its directory", ["list-left-early"], (driver, leak) => ({
    list: (options) => driver.list(options).finally(leak),
  })),
  leaking("a read that is aborted while it opens keeps its file", ["list-left-early"], (driver, leak) => ({
    read: (key, options) => {
      if (options.signal.aborted) leak();
      return driver.read(key, options);
    },
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

type Change = (driver: FilesystemDriver, leak: Leak) => Partial<FilesystemDriver>;

/** A flaw that shows while a filesystem is in use, not when it has been closed. */
function leakingUntilClose(name: string, rounds: readonly string[], change: Change): Flaw {
  return brokenPlace(name, idsOf(rounds), {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      const open: number[] = [];
      const close = async () => {
        for (const descriptor of open.splice(0)) closeSync(descriptor);
      };
      return wrapDriver(driver, { ...change(driver, () => void open.push(openSync("/dev/null", "r"))), close });
    },
  });
}

function idsOf(rounds: readonly string[]): string[] {
  return rounds.map((round) => `life/${round}-gives-back`);
}

function leaking(name: string, rounds: readonly string[], change: Change): Flaw {
  const open: number[] = [];
  const leak = () => void open.push(openSync("/dev/null", "r"));
  const dispose = () => {
    for (const descriptor of open.splice(0)) closeSync(descriptor);
  };
  return brokenPlace(name, idsOf(rounds), {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, change(driver, leak));
    },
    changes: () => ({ dispose }),
  });
}
