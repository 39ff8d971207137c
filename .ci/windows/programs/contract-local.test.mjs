import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as nodeTest from "node:test";
import { testFilesystem } from "@stowage/contract-tests";
import { localFilesystem } from "@stowage/local";

const NAMES =
  "a key that cannot be the name of a file of Windows is INVALID_KEY, and so is one that differs in case alone";
const IN_USE = "Windows does not let go of the name of a file that is read: the write is UNAVAILABLE";

testFilesystem(nodeTest, {
  name: "local",
  create: async () => {
    const parent = mkdtempSync(join(tmpdir(), "stowage-windows-"));
    const directory = join(parent, "objects");
    mkdirSync(directory);
    writeFileSync(join(parent, "file"), "");
    return {
      open: () => localFilesystem({ directory }),
      openMissing: () => localFilesystem({ directory: join(parent, "file") }),
      residue: async () => readdirSync(directory).filter((name) => name.startsWith(".")),
      neighbours: async () => {
        mkdirSync(join(directory, "0-folder"));
        writeFileSync(join(directory, "0-folder", "a"), "below");
        writeFileSync(join(parent, "a"), "beside");
      },
      outage: async () => {
        renameSync(directory, join(parent, "unmounted"));
        return async () => renameSync(join(parent, "unmounted"), directory);
      },
      dispose: async () => rmSync(parent, { recursive: true, maxRetries: 10 }),
    };
  },
  deviations: {
    ...Object.fromEntries(
      [
        ...["trailing-dot", "spaces", "question-mark", "semicolon", "quotes", "angle-brackets", "globs", "letter-case"],
        "whole-names",
      ].map((name) => [`keys/${name}`, NAMES]),
    ),
    "list/byte-order": NAMES,
    "list/prefix": NAMES,
    "list/special-prefix": NAMES,
    "list/names-that-look-temporary": NAMES,
    "list/foreign-neighbours": NAMES,
    "list/cursor-outlives-its-key": NAMES,
    "delete/neighbours-stay": NAMES,
    "delete/twins-stay": NAMES,
    "read/overwritten-meanwhile": IN_USE,
    "read/overwritten-by-less-meanwhile": IN_USE,
    "read/outage-meanwhile": IN_USE,
  },
});
