import assert from "node:assert/strict";
import { assertEqual } from "../../assert/assert-equal.ts";
import { assertRejects } from "../../assert/assertions.ts";
import { textBytes } from "../../case/content.ts";
import type { ContractCase } from "../../case/contract-case.ts";
import { failNthCall } from "../../faults/fail-nth-call.ts";

export const statCases: readonly ContractCase[] = [
  {
    id: "stat/missing-key",
    title: "stat of a missing or deleted key, or of the start of a key, is NOT_FOUND and names the key",
    tier: "fast",
    isPrefixed: true,
    run: async (context) => {
      const { filesystem } = context;
      await filesystem.write(context.key("longer-key"), textBytes("a"));
      await filesystem.write(context.key("deleted"), textBytes("a"));
      await filesystem.delete(context.key("deleted"));
      for (const name of ["missing", "longer", "deleted", "Longer-key"]) {
        const key = context.key(name);
        const error = await assertRejects(() => filesystem.stat(key), "NOT_FOUND", { operation: "stat", key });
        assertEqual(error.retryable, false, "whether NOT_FOUND is worth a retry");
      }
    },
  },
  {
    id: "stat/describes-the-object",
    title: "stat returns key, size and a time that an overwrite does not turn back",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      await filesystem.write(context.key("a"), context.bytes(321));
      const first = await filesystem.stat(context.key("a"));
      assertEqual([first.key, first.size], [context.key("a"), 321], "key and size that stat returns");
      assert.ok(first.modifiedAt instanceof Date, "modifiedAt is a Date");
      assert.ok(Number.isFinite(first.modifiedAt.getTime()), "modifiedAt is a time");
      await filesystem.write(context.key("a"), context.bytes(123));
      const second = await filesystem.stat(context.key("a"));
      assertEqual(second.size, 123, "the size that stat returns after an overwrite");
      assert.ok(second.modifiedAt >= first.modifiedAt, "the time does not go back");
      const etags = [first.etag, second.etag].filter((etag) => etag !== undefined);
      for (let version = etags.length; version > 0 && version < 5; version++) {
        const { etag } = await filesystem.write(context.key("a"), context.bytes(123));
        if (etag !== undefined) etags.push(etag); // a storage may use again what the last but one left
      }
      assertEqual(new Set(etags).size, etags.length, "how many different etags the versions of an object have");
    },
  },
  {
    id: "stat/is-recent",
    title: "modifiedAt is the time of the write, give or take a quarter of an hour of clock skew",
    tier: "fast",
    run: async (context) => {
      const info = await context.filesystem.write(context.key("a"), textBytes("a"));
      const skewMs = Math.abs(info.modifiedAt.getTime() - Date.now());
      assert.ok(skewMs < 15 * 60 * 1_000, `the time of the write is ${skewMs} ms off`);
    },
  },
  {
    id: "stat/exists",
    title: "exists is true or false",
    tier: "fast",
    run: async (context) => {
      const { filesystem } = context;
      assertEqual(await filesystem.exists(context.key("a")), false, "whether a key exists before it is written");
      await filesystem.write(context.key("a"), textBytes("a"));
      assertEqual(await filesystem.exists(context.key("a")), true, "whether a key exists that was written");
      await filesystem.delete(context.key("a"));
      assertEqual(await filesystem.exists(context.key("a")), false, "whether a key exists that was deleted");
    },
  },
  {
    id: "stat/exists-is-not-a-guess",
    title: "exists rejects when the storage fails: a failure does not mean absent",
    tier: "fast",
    isPortable: true,
    run: async (context) => {
      const error = new Error("403, or the network");
      const filesystem = context.openThrough((driver) => failNthCall(driver, { verb: "stat", nth: 1, error }));
      const { code } = filesystem.driver.classify(error);
      await assertRejects(() => filesystem.exists(context.key("a")), code, { cause: error });
    },
  },
];
