import assert from "node:assert/strict";
import type { Filesystem } from "@stowage/core";
import { listAll } from "../../assert/assertions.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { shownBy } from "../../case/shown-by.ts";

/** What credentials look like where nobody says what they are. Not signatures, which are no secret once they are sent. */
const CREDENTIALS: readonly RegExp[] = [
  /\bbearer\s+[\w.~+/=-]{6,}/i,
  /\bbasic\s+[a-z0-9+/]{8,}={0,2}(?![\w ])/i,
  /\/\/[^\s/:@'"]+:[^\s/@'"*]+@/,
  /\b(token|password|passphrase|secret) (?=[\w.~+/=-]*\d)[\w.~+/=-]{12,}/i,
  keyed("password|passwd|secret|secret[-_ ]?key|secret[-_ ]?access[-_ ]?key|api[-_ ]?key|private[-_ ]?key"),
  keyed("access[-_ ]?key|access[-_ ]?token|auth[-_ ]?token|session[-_ ]?token|\\btoken"),
];

type Attempt = (filesystem: Filesystem) => Promise<unknown>;

export const secretCases: readonly ContractCase[] = [
  {
    id: "errors/no-secret",
    title:
      "no secret is in the message, the stack, the JSON or the inspection of an error or of its cause, whatever fails",
    tier: "fast",
    needs: ["secrets"],
    run: async (context) => {
      const { namespace } = context;
      const made = [namespace.openDenied?.(), namespace.openMissing?.(), namespace.openUnreachable?.()];
      const broken = made.filter((handle) => handle !== undefined).map((handle) => context.track(handle));
      const failing = broken.flatMap((handle) => everyVerb(context.key("a")).map((attempt) => ({ handle, attempt })));
      const own = absences(context.key("missing")).map((attempt) => ({ handle: context.filesystem, attempt }));
      const calls = [...failing, ...own].map(({ handle, attempt }) => rejection(attempt(handle)));
      for (const shown of (await Promise.all(calls)).map(shownBy)) {
        for (const secret of namespace.secrets ?? []) assert.ok(!shown.includes(secret), "a secret is in the error");
      }
    },
  },
  {
    id: "errors/no-credentials",
    title: "nothing in an error of a missing object looks like a password, a token or a key",
    tier: "fast",
    run: async (context) => {
      await context.filesystem.write(context.key("there"), textBytes("a"));
      const attempts = [
        ...absences(context.key("missing")),
        (filesystem: Filesystem) => filesystem.read(context.key("there"), { start: 1_000 }),
      ];
      const calls = attempts.map((attempt) => rejection(attempt(context.filesystem)));
      for (const shown of (await Promise.all(calls)).map(shownBy)) {
        for (const pattern of CREDENTIALS) assert.doesNotMatch(shown, pattern, "the error shows no credentials");
      }
    },
  },
];

/** Fails where no object lies. */
function absences(key: string): Attempt[] {
  return [
    (filesystem) => filesystem.stat(key),
    (filesystem) => filesystem.read(key),
    (filesystem) => filesystem.read(key, { start: 1, end: 2 }),
  ];
}

/** Fails on a handle that reaches nothing. */
function everyVerb(key: string): Attempt[] {
  return [
    ...absences(key),
    (filesystem) => filesystem.open(),
    (filesystem) => filesystem.exists(key),
    (filesystem) => listAll(filesystem),
    (filesystem) => filesystem.write(key, textBytes("never stored")),
    (filesystem) => filesystem.delete(key),
    (filesystem) => filesystem.signUrl(key, { expiresInMs: 60_000 }),
  ];
}

/** A value that is neither empty nor blotted out. */
function keyed(names: string): RegExp {
  return new RegExp(`(${names})["']?\\s*[:=]\\s*["']?(?!undefined|null|function)[\\w.~+/=-]{6,}`, "i");
}

/** The error of a call. That a call succeeds is for other cases to judge. */
function rejection(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error,
  );
}
