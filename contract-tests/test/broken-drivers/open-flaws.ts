import { closeSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { type Capabilities, Filesystem, type FilesystemDriver, StowageError } from "@stowage/core";
import { nextTurn } from "../../src/case/content.ts";
import { wrapDriver } from "../../src/faults/wrap-driver.ts";
import { REFERENCE_CAPABILITIES, ReferenceDriver } from "../reference-driver.ts";
import { failingToOpen } from "../reference-harness.ts";
import { ReferencePlace } from "../reference-place.ts";
import { brokenDriver, brokenFilesystem, brokenPlace, type Flaw } from "./flaw.ts";

const CASES = {
  openMissing: "open/missing-place",
  openDenied: "open/wrong-credentials",
  openUnreachable: "open/unreachable-server",
} as const;

const oneForAll = new ReferencePlace();

export const openFlaws: readonly Flaw[] = [
  brokenPlace("each handle has its own objects", ["open/handles-share-objects", "write/seen-at-once"], {
    driver: () => new ReferenceDriver(new ReferencePlace()),
  }),
  brokenPlace("a new place holds an object", ["open/new-place-is-empty"], {
    driver: (place) => {
      place.put("left-over", []);
      return new ReferenceDriver(place);
    },
  }),
  brokenPlace("all places share their objects", ["open/places-are-isolated"], {
    driver: () => new ReferenceDriver(oneForAll),
  }),
  brokenDriver(
    "capabilities can be changed",
    ["open/capabilities-are-plain-data"],
    class extends ReferenceDriver {
      override readonly capabilities = { ...REFERENCE_CAPABILITIES };
    },
  ),
  brokenDriver(
    "capabilities change when the driver opens",
    ["open/capabilities-are-plain-data"],
    class extends ReferenceDriver {
      override capabilities: Capabilities = Object.freeze({ ...REFERENCE_CAPABILITIES, shared: true });
      override async open(): Promise<void> {
        this.capabilities = REFERENCE_CAPABILITIES;
      }
    },
  ),
  brokenFilesystem(
    "constructing opens the driver",
    ["open/construction-does-no-io"],
    class extends Filesystem {
      constructor(driver: FilesystemDriver) {
        super(driver);
        void driver.open({ signal: new AbortController().signal });
      }
    },
  ),
  brokenPlace("a failed open is never tried again", ["open/failed-open-is-tried-again"], {
    portable: (driver) => new Filesystem(openingOnce(driver)),
  }),
  brokenPlace("an aborted open is never tried again", ["open/aborted-open-is-tried-again"], {
    driver: (place) => openingOnce(slowToOpen(new ReferenceDriver(place))),
  }),
  brokenPlace("a missing bucket looks like missing objects", ["open/missing-place"], {
    changes: () => ({ openMissing: () => failing("NOT_FOUND") }),
  }),
  brokenPlace("a missing bucket is worth a retry", ["open/missing-place"], {
    changes: () => ({ openMissing: () => failing("BUCKET_NOT_FOUND", true) }),
  }),
  brokenPlace("a 403 looks like a missing object", ["open/wrong-credentials"], {
    changes: () => ({ openDenied: () => failing("NOT_FOUND") }),
  }),
  brokenPlace("a 403 is worth a retry", ["open/wrong-credentials"], {
    changes: () => ({ openDenied: () => failing("PERMISSION_DENIED", true) }),
  }),
  ...(["openMissing", "openDenied", "openUnreachable"] as const).map((member) =>
    brokenPlace(`of ${member} only the first open fails`, [CASES[member]], {
      changes: (namespace) => ({ [member]: () => new Filesystem(openingAnyway(namespace[member]?.())) }),
    }),
  ),
  brokenPlace("a 403 looks like a missing object to a driver that is open", ["open/wrong-credentials"], {
    changes: (_, place) => ({ openDenied: () => new Filesystem(refusing(new ReferenceDriver(place))) }),
  }),
  connecting(),
  openingAFile(),
  brokenPlace("a refused connection is not worth a retry", ["open/unreachable-server"], {
    changes: () => ({ openUnreachable: () => failing("UNAVAILABLE", false) }),
  }),
  brokenPlace("secrets are in messages", ["errors/no-secret"], {
    changes: (namespace) => ({ openDenied: () => failing("UNAUTHENTICATED", false, String(namespace.secrets)) }),
  }),
];

function failing(code: StowageError["code"], retryable?: boolean, message = "no"): Filesystem {
  const error = new StowageError(code, message, retryable === undefined ? {} : { retryable });
  return new Filesystem(failingToOpen(new ReferenceDriver(new ReferencePlace()), error));
}

function openingAnyway(filesystem?: Filesystem): FilesystemDriver {
  const driver = filesystem?.driver ?? new ReferenceDriver(new ReferencePlace());
  let count = 0;
  const refuse = () => driver.open({ signal: new AbortController().signal }) as Promise<never>;
  return wrapDriver(driver, {
    open: async () => (count++ === 0 ? refuse() : undefined),
    stat: refuse,
    list: refuse,
    read: refuse,
    write: refuse,
    delete: refuse,
  });
}

/** Refuses everything, and says of `stat` that there is nothing. */
function refusing(driver: FilesystemDriver): FilesystemDriver {
  const refuse = async (): Promise<never> => {
    throw new StowageError("PERMISSION_DENIED", "403");
  };
  const stat = async (): Promise<never> => {
    throw new StowageError("NOT_FOUND", "404");
  };
  return wrapDriver(driver, { open: refuse, list: refuse, read: refuse, write: refuse, delete: refuse, stat });
}

/** Constructing a driver opens a file, which close gives back. */
function openingAFile(): Flaw {
  return brokenPlace("constructing opens a file", ["open/constructing-does-no-io"], {
    driver: (place) => {
      const descriptor = openSync("/dev/null", "r");
      return wrapDriver(new ReferenceDriver(place), { close: async () => closeSync(descriptor) });
    },
  });
}

/** Constructing a driver opens a socket, which close gives back. */
function connecting(): Flaw {
  return brokenPlace("constructing opens a socket", ["open/constructing-does-no-io"], {
    driver: (place) => {
      const server = createServer().listen(0, "127.0.0.1");
      return wrapDriver(new ReferenceDriver(place), { close: async () => void server.close() });
    },
  });
}

function openingOnce(driver: FilesystemDriver): FilesystemDriver {
  let opening: Promise<void> | undefined;
  return wrapDriver(driver, {
    open: (options) => {
      opening ??= driver.open(options);
      return opening;
    },
  });
}

function slowToOpen(driver: FilesystemDriver): FilesystemDriver {
  return wrapDriver(driver, {
    open: async ({ signal }) => {
      await nextTurn();
      signal.throwIfAborted();
    },
  });
}
