import { randomUUID } from "node:crypto";
import { Filesystem, type FilesystemDriver, StowageError } from "@stowage/core";
import type { Cancellable } from "@stowage/core/driver";
import { elsewhereIn } from "../src/case/elsewhere.ts";
import type { Harness, Namespace } from "../src/case/namespace.ts";
import type { DriverVerb } from "../src/faults/intercept-calls.ts";
import { wrapDriver } from "../src/faults/wrap-driver.ts";
import { ReferenceDriver } from "./reference-driver.ts";
import { ReferencePlace } from "./reference-place.ts";
import { ALL_RULES, type ServerRules, servePlace } from "./reference-server.ts";

export interface HarnessParts {
  /** Makes the driver of a handle. */
  readonly driver?: (place: ReferencePlace) => FilesystemDriver;
  /** The portable class. */
  readonly portable?: (driver: FilesystemDriver) => Filesystem;
  readonly rules?: Partial<ServerRules>;
  /** Members of the namespace that differ. */
  readonly changes?: (namespace: Namespace, place: ReferencePlace) => Partial<Namespace>;
}

export const SECRET = "s3cr3t-0f-the-reference";

/** Places of the reference driver with every feature that a harness can have, in the parts given. */
export function referenceHarness(parts: HarnessParts = {}): Harness {
  const { driver = (place) => new ReferenceDriver(place), portable = (driver) => new Filesystem(driver) } = parts;
  return {
    create: () => {
      const place = new ReferencePlace();
      servePlace(randomUUID(), place, { ...ALL_RULES, ...parts.rules });
      const failing = (code: "BUCKET_NOT_FOUND" | "UNAUTHENTICATED" | "UNAVAILABLE") =>
        portable(failingToOpen(driver(place), new StowageError(code, "as asked for")));
      const namespace: Namespace = {
        open: () => portable(driver(place)),
        openMissing: () => failing("BUCKET_NOT_FOUND"),
        openDenied: () => failing("UNAUTHENTICATED"),
        openUnreachable: () => failing("UNAVAILABLE"),
        openSilent: () => portable(waiting(driver(place))),
        neighbours: async () => void place.folders.add("0-folder").add("zz-folder"),
        outage: async () => {
          place.isDown = true;
          return () => {
            place.isDown = false;
          };
        },
        residue: async () => [...place.uploads.keys()],
        elsewhere: () => elsewhereIn(portable(driver(place))),
        killWriter: async () => {}, // what a Map holds dies with its process
        secrets: [SECRET],
        through: portable,
      };
      return { ...namespace, ...parts.changes?.(namespace, place) };
    },
  };
}

/** A driver whose server never answers: its calls end when they are aborted, but for the verb given. */
export function waiting(driver: FilesystemDriver, forEver?: DriverVerb): FilesystemDriver {
  const wait = (verb: DriverVerb, { signal }: Cancellable) =>
    new Promise<never>((_, reject) => {
      if (verb !== forEver) signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  return wrapDriver(driver, {
    open: (options) => wait("open", options),
    stat: (_, options) => wait("stat", options),
    list: (options) => wait("list", options),
    read: (_, options) => wait("read", options),
    delete: (_, options) => wait("delete", options),
  });
}

export function failingToOpen(driver: FilesystemDriver, error: unknown): FilesystemDriver {
  return wrapDriver(driver, {
    open: async () => {
      throw error;
    },
  });
}
