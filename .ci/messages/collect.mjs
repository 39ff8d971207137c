// Loaded by vitest before each test file where STOWAGE_MESSAGES names a directory: writes down every StowageError that is made there.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import { StowageError } from "../../packages/core/src/errors.ts";

const directory = process.env.STOWAGE_MESSAGES ?? "";

/** What `super()` of StowageError calls. Its fields are not set yet: they are read when the file ends. */
class Recorded extends Error {
  constructor(message, options) {
    super(message, options);
    globalThis.stowageErrors.push(this);
  }
}

/** This file runs once for each test file, and the class may be the same. */
globalThis.stowageErrors ??= [];
const made = globalThis.stowageErrors;
if (Object.getPrototypeOf(StowageError) === Error) Object.setPrototypeOf(StowageError, Recorded);

afterAll(() => {
  const lines = made.splice(0).map(({ code, reason, message }) => JSON.stringify({ code, reason, message }));
  appendFileSync(join(directory, `${process.pid}.jsonl`), [...new Set(lines)].map((line) => `${line}\n`).join(""));
});
