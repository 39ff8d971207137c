import type { Filesystem, FilesystemDriver } from "@stowage/core";
import type { Harness } from "../../src/case/namespace.ts";
import { type HarnessParts, referenceHarness } from "../reference-harness.ts";
import type { ReferencePlace } from "../reference-place.ts";

/** What is flawed: a driver, the portable class over one, or what surrounds both, such as the server that serves its URLs. */
type FlawKind = "driver" | "portable" | "place";

/** Something that breaks one promise, and the cases that have to notice. */
export interface Flaw {
  readonly name: string;
  readonly kind: FlawKind;
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
  return brokenPlace(name, caughtBy, { driver: (place) => new Driver(place), ...parts });
}

/** A portable class with one flaw, over the correct driver. */
export function brokenFilesystem(name: string, caughtBy: readonly string[], Portable: PortableClass): Flaw {
  return brokenPlace(name, caughtBy, { portable: (driver) => new Portable(driver) });
}

/** Parts of which one has a flaw. */
export function brokenPlace(name: string, caughtBy: readonly string[], parts: HarnessParts): Flaw {
  return { name, kind: kindOf(parts), caughtBy, harness: referenceHarness(parts) };
}

/** A flaw in the portable class shows over any driver; all else that replaces the driver is one. */
function kindOf({ portable, driver }: HarnessParts): FlawKind {
  if (portable) return "portable";
  return driver ? "driver" : "place";
}
