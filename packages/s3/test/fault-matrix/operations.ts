import type { Filesystem } from "@stowage/core";
import type { RecordedRequest } from "@stowage/test-kit";
import { expect } from "vitest";
import { bytesAt, PART_SIZE, pattern } from "../bed.ts";

/** One thing that users do, and the request of it that a fault strikes. */
export interface Operation {
  readonly name: string;
  readonly match: (request: RecordedRequest) => boolean;
  /** Whether the struck request makes the object. */
  readonly commits?: boolean;
  /** Whether the struck request's answer has a body. */
  readonly hasBody: boolean;
  /** Whether several such requests are under way at once. */
  readonly inParallel?: boolean;
  /** Whether a refusal without a reason is asked about once more. */
  readonly asksAgain?: boolean;
  /** Whether an answer that gets lost leaves something behind that nobody knows the name of. */
  readonly orphans?: boolean;
  /** Makes what the operation needs, through a filesystem without faults. */
  prepare(clean: Filesystem): Promise<void>;
  /** Does it, and checks the result. */
  run(faulty: Filesystem): Promise<void>;
  /** Checks what is there afterwards. */
  verify(clean: Filesystem, outcome: { failed: boolean; tookEffect: boolean }): Promise<void>;
}

const KEY = "object.zip";
const SMALL = pattern(5_000);
const LARGE = pattern(3 * PART_SIZE + 123);
const KEYS = ["a", "b", "c", "d", "e"];

const hasParameter = (name: string) => (request: RecordedRequest) => request.query.has(name);
const OTHERS = ["uploadId", "uploads", "list-type"];
const isPlain = (wanted: string) => (request: RecordedRequest) =>
  request.method === wanted && !OTHERS.some((name) => request.query.has(name));

export const OPERATIONS: readonly Operation[] = [
  writing("write single", SMALL, { match: isPlain("PUT"), commits: true, hasBody: false }),
  writing("write create", LARGE, {
    match: (request) => request.method === "POST" && request.query.has("uploads"),
    hasBody: true,
    orphans: true,
  }),
  writing("write part", LARGE, { match: hasParameter("partNumber"), hasBody: false, inParallel: true }),
  writing("write complete", LARGE, {
    match: (request) => request.method === "POST" && request.query.has("uploadId"),
    commits: true,
    hasBody: true,
  }),
  onObject({
    name: "read",
    match: isPlain("GET"),
    hasBody: true,
    run: async (faulty) => expect((await bytesAt(faulty, KEY)).equals(SMALL)).toBe(true),
  }),
  onObject({
    name: "stat",
    match: (request) => isPlain("HEAD")(request) || isPlain("GET")(request),
    hasBody: false,
    asksAgain: true,
    run: async (faulty) => expect(await faulty.stat(KEY)).toMatchObject({ key: KEY, size: SMALL.length }),
  }),
  {
    ...onObject({ name: "delete", match: isPlain("DELETE"), hasBody: false, run: (faulty) => faulty.delete(KEY) }),
    verify: async (clean, { failed, tookEffect }) => {
      if (!failed || !tookEffect) expect(await clean.exists(KEY)).toBe(failed);
    },
  },
  {
    name: "list",
    match: hasParameter("continuation-token"),
    hasBody: true,
    prepare: async (clean) => {
      for (const key of KEYS) await clean.write(key, SMALL);
    },
    run: async (faulty) => expect(await keysOf(faulty)).toEqual(KEYS),
    verify: async (clean) => expect(await keysOf(clean)).toEqual(KEYS),
  },
];

function writing(
  name: string,
  content: Buffer,
  struck: Pick<Operation, "match" | "commits" | "hasBody" | "inParallel" | "orphans">,
): Operation {
  return {
    name,
    ...struck,
    prepare: async () => {},
    run: async (faulty) => {
      const info = await faulty.write(KEY, content, { ifNotExists: true });
      expect(info).toMatchObject({ key: KEY, size: content.length });
    },
    verify: async (clean, { failed }) => {
      expect(await keysOf(clean)).toEqual(failed ? [] : [KEY]);
      if (!failed) expect((await bytesAt(clean, KEY)).equals(content)).toBe(true);
    },
  };
}

function onObject(operation: Omit<Operation, "prepare" | "verify">): Operation {
  return {
    ...operation,
    prepare: async (clean) => void (await clean.write(KEY, SMALL)),
    verify: async (clean) => expect((await bytesAt(clean, KEY)).equals(SMALL)).toBe(true),
  };
}

async function keysOf(filesystem: Filesystem): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of filesystem.list({ pageSize: 2 })) keys.push(key);
  return keys;
}
