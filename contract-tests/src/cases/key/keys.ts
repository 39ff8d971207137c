import { assertEqual } from "../../assert/assert-equal.ts";
import { assertAbsent, assertObject, assertRejects, listKeys } from "../../assert/assertions.ts";
import type { CaseContext } from "../../case/case-context.ts";
import { textBytes, WatchedContent } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import type { DriverVerb } from "../../faults/intercept-calls.ts";
import { recordCalls } from "../../faults/record-calls.ts";
import { ACCEPTED_KEYS, type KeySample, REFUSED_KEYS, TWIN_KEYS } from "./key-samples.ts";

export const keyCases: readonly ContractCase[] = [
  ...ACCEPTED_KEYS.map(accepted),
  ...TWIN_KEYS.map(twins),
  ...REFUSED_KEYS.map(refused),
];

function accepted({ id, title, make }: KeySample<(context: CaseContext) => string>): ContractCase {
  return {
    id: `keys/${id}`,
    title: `a key ${title} comes back exactly`,
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const key = make(context);
      const written = await context.filesystem.write(key, textBytes(id));
      assertEqual(written.key, key, "the key that write returns");
      await assertObject(context.open(), key, textBytes(id));
      await context.filesystem.delete(key);
      await assertAbsent(context.filesystem, key);
    },
  };
}

function twins({ id, title, make }: KeySample<readonly [string, string]>): ContractCase {
  return {
    id: `keys/${id}`,
    title: `keys that differ only ${title} are two objects`,
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const [one, other] = [context.key(make[0]), context.key(make[1])];
      await context.filesystem.write(one, textBytes("one"));
      await assertAbsent(context.filesystem, other);
      await context.filesystem.write(other, textBytes("the other"));
      await assertObject(context.filesystem, one, textBytes("one"));
      await assertObject(context.filesystem, other, textBytes("the other"));
      await context.filesystem.delete(one);
      assertEqual(
        await listKeys(context.filesystem, context.prefix),
        [other],
        "the keys listed after the delete of one of two that differ little",
      );
    },
  };
}

function refused({ id, title, make: keys }: KeySample<readonly unknown[]>): ContractCase {
  return {
    id: `keys/refuses-${id}`,
    title: `a key ${title} is refused before any I/O`,
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const calls: DriverVerb[] = [];
      const filesystem = context.openThrough((driver) => recordCalls(driver, calls));
      const content = new WatchedContent([textBytes("never stored")]);
      const methods: Record<string, (key: string) => Promise<unknown>> = {
        stat: (key) => filesystem.stat(key),
        read: (key) => filesystem.read(key),
        write: (key) => filesystem.write(key, content),
        delete: (key) => filesystem.delete(key),
        ...(filesystem.capabilities.signedUrls
          ? { signUrl: (key: string) => filesystem.signUrl(key, { expiresInMs: 1_000 }) }
          : {}),
      };
      for (const key of keys as readonly string[]) {
        for (const [operation, call] of Object.entries(methods)) {
          await assertRejects(() => call(key), "INVALID_KEY", { operation });
        }
        await assertRejects(() => filesystem.exists(key), "INVALID_KEY");
      }
      assertEqual(calls, [], "the calls of a driver whose key is refused");
      assertEqual(content.pulled, 0, "how many chunks are taken of a write whose key is refused");
    },
  };
}
