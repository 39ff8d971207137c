import type { Disk } from "../../disk/disk.ts";
import { pathBelow } from "../../disk/path-below.ts";
import { abortError } from "../../errors.ts";
import type { Owner } from "../format/owner.ts";
import type { Refusals } from "./refusals.ts";

/** A symbolic link to make. */
export interface NewLink {
  readonly name: string;
  readonly target: string;
  readonly modifiedAt: Date;
  readonly owner?: Owner | undefined;
}

interface LinkOptions {
  readonly disk: Disk;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly owners?: ReadonlyMap<string, Owner> | undefined;
  readonly refusals: Refusals;
}

/** Makes links in directories that are there, behind all else, so that nothing is written through one. They are durable with their directories. */
export async function placeLinks(
  links: readonly NewLink[],
  { disk, directory, signal, owners, refusals }: LinkOptions,
): Promise<void> {
  for (const { name, target, modifiedAt } of links) {
    if (signal.aborted) throw abortError(signal);
    const path = pathBelow(directory, name);
    let isMade = false;
    await refusals.attempt("link", name, async () => {
      await disk.makeLink(path, target, { isReal: true });
      isMade = true;
    });
    if (!isMade) continue;
    const owner = owners?.get(name);
    if (owner) await refusals.attempt("owner", name, () => disk.setOwner(path, owner, { isReal: true }));
    await refusals.attempt("time", name, () => disk.setLinkModifiedAt(path, modifiedAt, { isReal: true }));
  }
}
