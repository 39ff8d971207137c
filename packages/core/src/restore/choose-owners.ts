import { dirname, join } from "node:path";
import { withoutSlash } from "../archive/format/entry-name.ts";
import { isSameOwner, type Owner } from "../archive/format/owner.ts";
import type { Disk } from "../disk/disk.ts";
import { isMissing } from "../disk/disk-steps.ts";

const LSTATS_AT_ONCE = 512;

/** Whether a restore sets owners, as root, to those that are to be expected; "none" leaves all to the process. */
export type OwnerPolicy = "keep" | "none";

interface Owned {
  readonly name: string;
  /** Of an archive of ours, if it is not that of its data directory. */
  readonly owner?: Owner | undefined;
}

interface Place {
  readonly disk: Disk;
  /** The directory whose content is replaced. */
  readonly directory: string;
  /** Where the new content is made: what is made there has its owner. */
  readonly staged: string;
  readonly policy: OwnerPolicy;
  /** Whether the archive is ours, and tells owners. */
  readonly isOurs: boolean;
}

/**
 * Says who is to own what a restore makes, for what would have another owner otherwise, by name without a slash at the end: as
 * root whoever owns what is replaced, else whom the archive names if it is ours, else whoever owns the directory around it. Without root
 * only an archive of ours is asked, since nobody may give away more than to a group of his own.
 */
export async function chooseOwners(entries: readonly Owned[], place: Place): Promise<Map<string, Owner>> {
  const { disk, directory, staged, policy, isOurs } = place;
  const chosen = new Map<string, Owner>();
  const uid = process.geteuid?.();
  if (policy === "none" || uid === undefined || (uid !== 0 && !isOurs)) return chosen;
  const [around, natural] = [await disk.lstat(`${directory}/`), await disk.lstat(staged)];
  if (uid !== 0) return ownersWithoutRoot(entries, { uid, around, natural });
  const owned = new Map(entries.map((entry) => [withoutSlash(entry.name), entry.owner]));
  const names = [...new Set([...owned.keys()].flatMap(withParents))].sort(byDepth);
  const found = await ownersAt(names, { disk, directory });
  const owners = new Map<string, Owner>([["", around]]);
  for (const name of names) {
    const parent = parentOf(name);
    const fallback = isOurs && owned.has(name) ? around : (owners.get(parent) ?? around);
    const { uid, gid } = found.get(name) ?? owned.get(name) ?? fallback;
    owners.set(name, { uid, gid });
    if (!isSameOwner({ uid, gid }, natural)) chosen.set(name, { uid, gid });
  }
  return chosen;
}

/** A user may give a file to a group of his own. Anything else that the archive says is tried, so that it is told of. */
function ownersWithoutRoot(
  entries: readonly Owned[],
  { uid, around, natural }: { readonly uid: number; readonly around: Owner; readonly natural: Owner },
): Map<string, Owner> {
  const groups = new Set(process.getgroups?.());
  const usual = { uid, gid: groups.has(around.gid) ? around.gid : natural.gid };
  const wanted = entries.map(({ name, owner = usual }) => [withoutSlash(name), owner] as const);
  return new Map(wanted.filter(([, owner]) => !isSameOwner(owner, natural)));
}

/** Who owns what is there, as far as no link leads to it. Names come with their parents before them. */
async function ownersAt(
  names: readonly string[],
  { disk, directory }: Pick<Place, "disk" | "directory">,
): Promise<Map<string, Owner>> {
  const owners = new Map<string, Owner>();
  const directories = new Set([""]);
  let rest = names;
  while (rest.length > 0) {
    const depth = depthOf(rest[0] ?? "");
    const end = rest.findIndex((name) => depthOf(name) !== depth);
    const level = (end < 0 ? rest : rest.slice(0, end)).filter((name) => directories.has(parentOf(name)));
    rest = end < 0 ? [] : rest.slice(end);
    for (let start = 0; start < level.length; start += LSTATS_AT_ONCE) {
      const some = level.slice(start, start + LSTATS_AT_ONCE);
      const settled = await disk.lstatEach(some.map((name) => join(directory, name)));
      for (const [index, name] of some.entries()) {
        const each = settled[index];
        if (each?.status === "fulfilled") {
          owners.set(name, { uid: each.value.uid, gid: each.value.gid });
          if (each.value.isDirectory()) directories.add(name);
        } else if (!isMissing(each?.reason)) throw each?.reason;
      }
    }
  }
  return owners;
}

function withParents(name: string): string[] {
  const parents = [name];
  for (let slash = name.lastIndexOf("/"); slash > 0; slash = name.lastIndexOf("/", slash - 1)) {
    parents.push(name.slice(0, slash));
  }
  return parents;
}

function parentOf(name: string): string {
  const parent = dirname(name);
  return parent === "." ? "" : parent;
}

function byDepth(left: string, right: string): number {
  return depthOf(left) - depthOf(right);
}

function depthOf(name: string): number {
  return name.split("/").length;
}
