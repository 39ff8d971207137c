import type { Tree } from "@stowage/test-kit/tree";
import type { Step } from "./local-steps.ts";

export interface Script {
  /** What lies in the directory; undefined: neither it nor its parent is there. */
  readonly start: Tree | undefined;
  readonly steps: readonly Step[];
  /** What another process does after the first was killed. */
  readonly afterKill: readonly Step[];
}

const FIRST_LOCK = ".stowage-lock.0000000000000001";
const SECOND_LOCK = ".stowage-lock.0000000000000002";

export const SCRIPTS: Readonly<Record<string, Script>> = {
  "a new key, an overwrite, a delete": {
    start: { other: "kept " },
    steps: [
      { verb: "write", key: "a", text: "first content" },
      { verb: "write", key: "a", text: "second and longer content" },
      { verb: "delete", key: "a" },
    ],
    afterKill: [{ verb: "write", key: "b", text: "by another process" }],
  },
  "an overwrite of what lies there": {
    start: { a: "old " },
    steps: [{ verb: "write", key: "a", text: "new content" }],
    afterKill: [{ verb: "write", key: "a", text: "by another process" }],
  },
  "create-only writes, of which one is refused": {
    start: { taken: "mine " },
    steps: [
      { verb: "create", key: "a", text: "first content" },
      { verb: "create", key: "taken", text: "other content" },
      { verb: "create", key: "a", text: "second content" },
    ],
    afterKill: [{ verb: "create", key: "a", text: "by another process" }],
  },
  "a delete, and another process deletes the same key": {
    start: { a: "old ", other: "kept " },
    steps: [{ verb: "delete", key: "a" }],
    afterKill: [{ verb: "delete", key: "a" }],
  },
  "a lock that is taken, renewed and taken over": {
    start: {},
    steps: [
      { verb: "create lock", key: FIRST_LOCK, text: "one 0" },
      { verb: "rewrite lock", key: FIRST_LOCK, text: "one 1" },
      { verb: "rewrite lock", key: FIRST_LOCK, text: "one 2" },
      { verb: "create lock", key: SECOND_LOCK, text: "one 0" },
    ],
    afterKill: [{ verb: "create lock", key: SECOND_LOCK, text: "two 0" }],
  },
  "a directory that is made with its parent": {
    start: undefined,
    steps: [{ verb: "create", key: "a", text: "first content" }],
    afterKill: [{ verb: "write", key: "b", text: "by another process" }],
  },
};
