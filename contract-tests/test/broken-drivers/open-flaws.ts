import { type Capabilities, Filesystem, type FilesystemDriver, StowageError } from "@stowage/core";
import { nextTurn } from "../../src/content.ts";
import { wrapDriver } from "../../src/faults/wrap-driver.ts";
import { REFERENCE_CAPABILITIES, ReferenceDriver } from "../reference-driver.ts";
import { failingToOpen } from "../reference-harness.ts";
import { ReferencePlace } from "../reference-place.ts";
import { brokenDriver, brokenFilesystem, brokenPlace, type Flaw } from "./flaw.ts";

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
