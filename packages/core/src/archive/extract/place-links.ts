import type { Disk } from "../../disk/disk.ts";
import { pathBelow } from "../../disk/path-below.ts";
import { abortError } from "../../errors.ts";

/** A symbolic link to make. */
export interface NewLink {
  readonly name: string;
  readonly target: string;
  readonly modifiedAt: Date;
}

/** Makes links in directories that are there, behind all else, so that nothing is written through one. They are durable with their directories. */
export async function placeLinks(
  links: readonly NewLink[],
  { disk, directory, signal }: { readonly disk: Disk; readonly directory: string; readonly signal: AbortSignal },
): Promise<void> {
  for (const { name, target, modifiedAt } of links) {
    if (signal.aborted) throw abortError(signal);
    const path = pathBelow(directory, name);
    await disk.makeLink(path, target, { isReal: true });
    await disk.setLinkModifiedAt(path, modifiedAt, { isReal: true });
  }
}
