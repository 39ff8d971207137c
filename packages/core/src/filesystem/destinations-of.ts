import type { FilesystemDriver } from "./driver.ts";
import type { Filesystem } from "./filesystem.ts";

/** A filesystem among several, with the name that reports and messages call it by. */
export interface NamedDestination {
  readonly name: string;
  readonly filesystem: Filesystem;
}

/** By which a driver says what it keeps copies in, whatever copy of this package made it. */
export const DESTINATIONS = Symbol.for("@stowage/core/destinations");

/** The filesystems behind a mirrored one, also of one among those, each under its own name. Nothing if it is not mirrored. */
export function destinationsOf({ driver }: Filesystem): readonly NamedDestination[] | undefined {
  const { [DESTINATIONS]: destinations } = driver as Mirroring;
  return destinations?.flatMap(({ name, filesystem }) => {
    const inner = destinationsOf(filesystem);
    return inner ? inner.map((each) => ({ ...each, name: `${name}/${each.name}` })) : [{ name, filesystem }];
  });
}

type Mirroring = FilesystemDriver & { readonly [DESTINATIONS]?: readonly NamedDestination[] | undefined };
