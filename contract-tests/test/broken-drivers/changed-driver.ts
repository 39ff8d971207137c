import type { FilesystemDriver } from "@stowage/core";
import { wrapDriver } from "../../src/faults/wrap-driver.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import type { ReferencePlace } from "../reference-place.ts";
import { brokenPlace, type Flaw } from "./flaw.ts";

/** The reference driver with some other methods, a new one for each handle. */
export function changedDriver(
  name: string,
  caughtBy: readonly string[],
  change: (driver: ReferenceDriver, place: ReferencePlace) => Partial<FilesystemDriver>,
): Flaw {
  return brokenPlace(name, caughtBy, {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, change(driver, place));
    },
  });
}
