import type { Filesystem, FilesystemDriver } from "@stowage/core";
import type { Harness } from "../../src/namespace.ts";
import { type HarnessParts, referenceHarness } from "../reference-harness.ts";
import type { ReferencePlace } from "../reference-place.ts";

/** Something that breaks one promise, and the cases that have to notice. */
export interface Flaw {
  readonly name: string;
  readonly caughtBy: readonly string[];
  readonly harness: Harness;
  /** Whether it shows in calls that never settle. All others must be caught by what they do. */
  readonly isHanging?: boolean;
}

type DriverClass = new (place: ReferencePlace) => FilesystemDriver;
type PortableClass = new (driver: FilesystemDriver) => Filesystem;

/** A driver with one flaw, under the correct portable class. */
export function brokenDriver(
  name: string,
  caughtBy: readonly string[],
  Driver: DriverClass,
  parts: HarnessParts = {},
): Flaw {
  return { name, caughtBy, harness: referenceHarness({ driver: (place) => new Driver(place), ...parts }) };
}

/** A portable class with one flaw, over the correct driver. */
export function brokenFilesystem(name: string, caughtBy: readonly string[], Portable: PortableClass): Flaw {
  return { name, caughtBy, harness: referenceHarness({ portable: (driver) => new Portable(driver) }) };
}

/** A correct driver and portable class in surroundings with one flaw. */
export function brokenPlace(name: string, caughtBy: readonly string[], parts: HarnessParts): Flaw {
  return { name, caughtBy, harness: referenceHarness(parts) };
}
