import { StowageError } from "@stowage/core";
import { changedDriver } from "./changed-driver.ts";
import type { Flaw } from "./flaw.ts";
import { storingAs } from "./key-flaws.ts";

/** How a delete misses the key, because it makes its request otherwise than a write does. */
const CHANGED_BY_DELETE: Readonly<Record<string, { name: string; change: (key: string) => string }>> = {
  "keys/plus": { name: "a delete takes a plus for a space", change: (key) => key.replaceAll("+", " ") },
  "keys/hash": { name: "a delete drops a fragment", change: (key) => key.replace(/(?<=\w)#\w.*$/, "") },
  "keys/question-mark": { name: "a delete drops a query", change: (key) => key.replace(/\?.*$/, "") },
  "keys/semicolon": { name: "a delete drops parameters", change: (key) => key.replace(/;\w[^;&]*;$/, "") },
  "keys/quotes": { name: "a delete doubles quotes", change: (key) => key.replaceAll('"', '""') },
  "keys/angle-brackets": { name: "a delete escapes brackets twice", change: (key) => key.replaceAll("<", "&lt;") },
  "keys/digits": { name: "a delete takes a date for a version", change: (key) => key.replace(/(?<=-)\d{8}$/, "") },
  "keys/astral": {
    name: "a delete knows the basic plane only",
    change: (key) => key.replace(/[\u{10000}-\u{10ffff}]/gu, "?"),
  },
};

/** What goes wrong with one kind of key, and with no other that the suite tries. */
export const loneKeyFlaws: readonly Flaw[] = [
  storingAs("a code page has no Tamil", ["unicode"], (key) => key.replace(/[\u0b80-\u0bff]/g, "?")),
  storingAs("marks above a letter come before those below", ["combining"], (key) =>
    key.replace(/\u0323\u0307/g, "\u0307\u0323"),
  ),
  storingAs("two spaces are one", ["spaces"], (key) => key.replace(/ {2,}/g, " ")),
  storingAs("spaces at the start are trimmed", ["leading-space"], (key) => key.replace(/^ +/, "")),
  storingAs("a percent sign that encodes nothing is dropped", ["percent-malformed"], (key) =>
    key.replace(/%(?=[g-z])/gi, ""),
  ),
  storingAs("a dot at the start is decoded", ["leading-percent"], (key) => key.replace(/^%2e/i, ".")),
  ...Object.entries(CHANGED_BY_DELETE).map(([id, { name, change }]) => deletingAlso(name, id, change, { only: true })),
  deletingAlso("a delete decodes spaces", "keys/percent-20", (key) => key.replaceAll("%20", " "), { only: true }),
  deletingAlso("a delete takes both forms of a letter", "keys/normalization", (key) => [...formsOf(key)]),
  deletingAlso("a delete takes what the key is when it is escaped", "keys/encoding", (key) => encodeURIComponent(key)),
  changedDriver("a condition on a long key is ignored", ["keys/240-bytes"], (driver) => ({
    write: (key, content, options) =>
      driver.write(key, content, { ...options, ifNotExists: key.length <= 215 && options.ifNotExists === true }),
  })),
  changedDriver("a key of 200 characters is one too long for its description", ["keys/200-bytes"], (driver) => ({
    stat: async (key, options) => {
      if (key.length === 200) throw new StowageError("NOT_FOUND", "ENAMETOOLONG");
      return driver.stat(key, options);
    },
  })),
];

function formsOf(key: string): Set<string> {
  return new Set([key.normalize("NFC"), key.normalize("NFD")]);
}

/** Deletes other keys besides, or in place of the one that it should. */
function deletingAlso(
  name: string,
  id: string,
  others: (key: string) => string | readonly string[],
  { only = false } = {},
): Flaw {
  return changedDriver(name, [id], (driver) => ({
    delete: async (key, options) => {
      if (!only) await driver.delete(key, options);
      for (const other of [others(key)].flat()) await driver.delete(other, options);
    },
  }));
}
