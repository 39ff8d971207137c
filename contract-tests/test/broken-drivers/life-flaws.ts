import { type Content, type FileInfo, Filesystem, type SignalOption, type WriteOptions } from "@stowage/core";
import { REFERENCE_CAPABILITIES, ReferenceDriver } from "../reference-driver.ts";
import { brokenFilesystem, brokenPlace, type Flaw } from "./flaw.ts";

const timers = new Set<NodeJS.Timeout>();

export const lifeFlaws: readonly Flaw[] = [
  closing("close closes the driver each time", ["life/close-twice"], async (close, filesystem) => {
    await close();
    await filesystem.driver.close();
  }),
  closing("close opens what is not open", ["life/close-before-use"], async (close, filesystem) => {
    await filesystem.open().catch(() => {});
    await close();
  }),
  closing(
    "close does nothing",
    ["life/closed", "life/close-during-a-read", "life/close-during-a-list", "life/view", "life/async-dispose"],
    async () => {},
  ),
  brokenFilesystem(
    "disposing does not close",
    ["life/async-dispose"],
    class extends Filesystem {
      override async [Symbol.asyncDispose](): Promise<void> {}
    },
  ),
  brokenFilesystem(
    "a closed filesystem still opens",
    ["life/closed", "life/view"],
    class extends Filesystem {
      override async open(options: SignalOption = {}): Promise<void> {
        await super.open(options).catch(() => {});
      }
    },
  ),
  brokenPlace("a timer outlives close", ["life/nothing-keeps-the-process-alive"], {
    driver: (place) =>
      new (class extends ReferenceDriver {
        override async open(): Promise<void> {
          timers.add(setInterval(() => {}, 60_000));
        }
      })(place),
    changes: () => ({
      dispose: () => {
        for (const timer of timers) clearInterval(timer);
      },
    }),
  }),
];

/** Drivers that declare nothing, under a portable class that does not refuse. */
export const undeclaredFlaws: readonly Flaw[] = [
  undeclared("a condition that is not declared is left out", ["create/free-key", "create/race"], (options) => ({
    ...options,
    ifNotExists: false,
  })),
  undeclared(
    "a content type that is not declared is left out",
    ["write/content-type"],
    ({ contentType: _, ...options }) => options,
  ),
  undeclared("URLs that are not declared are signed", ["urls/fetch"], (options) => options),
];

function closing(
  name: string,
  caughtBy: string[],
  change: (close: () => Promise<void>, filesystem: Filesystem) => Promise<void>,
): Flaw {
  return brokenFilesystem(
    name,
    caughtBy,
    class extends Filesystem {
      override close(): Promise<void> {
        return change(() => super.close(), this);
      }
    },
  );
}

function undeclared(name: string, caughtBy: string[], change: (options: WriteOptions) => WriteOptions): Flaw {
  return brokenPlace(name, caughtBy, {
    driver: (place) =>
      new (class extends ReferenceDriver {
        override readonly capabilities = Object.freeze({
          ...REFERENCE_CAPABILITIES,
          conditionalCreate: false,
          contentTypes: false,
          signedUrls: false,
        });
      })(place),
    portable: (driver) =>
      new (class extends Filesystem {
        override write(key: string, content: Content, options: WriteOptions = {}): Promise<FileInfo> {
          return super.write(key, content, change(options));
        }
        override async signUrl(key: string): Promise<string> {
          return `http://127.0.0.1/${key}`;
        }
      })(driver),
  });
}
