import { Filesystem, type FilesystemDriver, type SignUrlOptions } from "@stowage/core";
import { wrapDriver } from "../../src/faults/wrap-driver.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import type { ServerRules } from "../reference-server.ts";
import { brokenFilesystem, brokenPlace, type Flaw } from "./flaw.ts";

export const urlFlaws: readonly Flaw[] = [
  serving("ranges are ignored", ["urls/fetch"], { ranges: false }),
  serving("URLs work for ever", ["urls/expiry"], { expiry: false }),
  serving("URLs work for every method", ["urls/other-methods"], { methods: false }),
  serving("signatures are not checked", ["urls/tampering"], { signature: false }),
  serving("signatures are checked in part", ["urls/tampering"], { wholeSignature: false }),
  serving("signatures do not cover the time", ["urls/tampering"], { signedTime: false }),
  serving("signatures do not cover the file name", ["urls/tampering"], { signedName: false }),
  serving("signatures do not cover the key", ["urls/tampering"], { signedKey: false }),
  serving("URLs of missing objects serve nothing, successfully", ["urls/missing"], { missing: false }),
  serving("URLs serve what they served before", ["urls/missing"], { fresh: false }),
  signing("milliseconds are taken for seconds", ["urls/expiry"], (driver) => ({
    signUrl: (key, options) => signUrlOf(driver)(key, { ...options, expiresInMs: options.expiresInMs * 1_000 }),
  })),
  signing("a URL is kept, and given again when it has expired", ["urls/expiry"], (driver) => {
    const kept = new Map<string, string>();
    return {
      signUrl: async (key, options) => {
        const name = `${key} ${options.expiresInMs} ${options.filename}`;
        const url = kept.get(name) ?? (await signUrlOf(driver)(key, options));
        kept.set(name, url);
        return url;
      },
    };
  }),
  signing("milliseconds are counted in 29 bits", ["urls/longest"], (driver) => ({
    signUrl: (key, options) => {
      const expiresInMs = options.expiresInMs >= 2 ** 29 ? 1 - options.expiresInMs : options.expiresInMs;
      return signUrlOf(driver)(key, { ...options, expiresInMs });
    },
  })),
  signing("no time is longer than a day", ["urls/longest"], (driver) => ({
    signUrl: (key, options) =>
      signUrlOf(driver)(key, { ...options, expiresInMs: Math.min(options.expiresInMs, 86_400_000) }),
  })),
  signing("a URL has a space behind it", ["urls/fetch"], (driver) => ({
    signUrl: async (key, options) => `${await signUrlOf(driver)(key, options)} `,
  })),
  signing("quotes in a file name become others", ["urls/filename"], (driver) => ({
    signUrl: (key, options) =>
      signUrlOf(driver)(
        key,
        options.filename ? { ...options, filename: options.filename.replaceAll('"', "'") } : options,
      ),
  })),
  signing("microseconds are taken for milliseconds", ["urls/expiry"], (driver) => ({
    signUrl: (key, options) => signUrlOf(driver)(key, { ...options, expiresInMs: options.expiresInMs / 1_000 }),
  })),
  signing("keys are put into URLs as they are", ["urls/keys", "urls/special-keys"], (driver) => ({
    signUrl: async (key, options) => (await signUrlOf(driver)(key, options)).replaceAll("%23", "#"),
  })),
  signing("the file name is always the same", ["urls/filename"], (driver) => ({
    signUrl: (key, options) => signUrlOf(driver)(key, { ...options, filename: "download" }),
  })),
  brokenFilesystem(
    "any time is accepted",
    ["urls/bad-options"],
    class extends Filesystem {
      override signUrl(key: string, options: SignUrlOptions): Promise<string> {
        return super.signUrl(key, { ...options, expiresInMs: 1_000 });
      }
    },
  ),
];

function serving(name: string, caughtBy: string[], rules: Partial<ServerRules>): Flaw {
  return brokenPlace(name, caughtBy, { rules });
}

function signing(
  name: string,
  caughtBy: string[],
  change: (driver: ReferenceDriver) => Partial<FilesystemDriver>,
): Flaw {
  return brokenPlace(name, caughtBy, {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, change(driver));
    },
  });
}

function signUrlOf(driver: ReferenceDriver) {
  return driver.signUrl.bind(driver);
}
