import { withoutSlash } from "../format/entry-name.ts";
import type { PlacedEntry } from "./placed-entry.ts";
import type { JudgedLink } from "./read-links.ts";

/** Of Linux: a longer chain of links leads nowhere. */
const FOLLOWED_MAX = 40;
/** What SQLite opens beside a database, and writes to. */
const SIDE_FILE = /-(?:wal|shm|journal)$/;

/** Where a link leads. */
export interface LinkReach {
  /** Whether that is below the directory, or would be if it were there, on every way of links that the archive holds. */
  readonly isInside: boolean;
  /** Names on the way that the archive does not hold. It stays inside unless one of them is a link. */
  readonly unknown: readonly string[];
}

/** What links may lead to. */
export interface LinkedTree {
  readonly entries: readonly Pick<PlacedEntry, "name" | "type">[];
  readonly links: readonly JudgedLink[];
  /** Paths of the directory itself, by which an absolute target may lead into it. */
  readonly roots: readonly string[];
  /** Says of a name that no link may lead there: what works on the data, and the backups themselves. */
  isClosed(name: string): boolean;
}

/** Whether it would be taken for a part of a database: where SQLite writes must never depend on an archive. */
export function isSideFile(name: string): boolean {
  return SIDE_FILE.test(name);
}

/**
 * Returns what says where links lead, by names alone: nothing is followed on a disk. A link on the way is followed as the archive
 * has it. ".." leads up only from directories that the archive holds, since what lies elsewhere may be a link.
 */
export function linkReaches({ entries, links, roots, isClosed }: LinkedTree): (link: JudgedLink) => LinkReach {
  const directories = directoriesOf(entries);
  const targets = new Map(links.map(({ entry, target }) => [entry.name, target]));
  return ({ entry, target }) => {
    const way = new Way({ directories, targets, roots, isClosed });
    const parent = entry.name.split("/").slice(0, -1);
    const isInside = target !== undefined && way.follow(parent, target);
    return { isInside, unknown: way.unknown };
  };
}

interface Ground extends Pick<LinkedTree, "roots" | "isClosed"> {
  readonly directories: ReadonlySet<string>;
  readonly targets: ReadonlyMap<string, string | undefined>;
}

class Way {
  readonly unknown: string[] = [];
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** Goes from a directory to where a target leads. Says whether that stays inside. */
  follow(from: readonly string[], target: string): boolean {
    const { directories, targets, isClosed } = this.#ground;
    const start = this.#begin(from, target);
    if (!start) return false;
    let { place, rest } = start;
    let followed = 0;
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      if (part === "..") {
        if (place.length === 0 || this.unknown.length > 0) return false;
        place.pop();
        continue;
      }
      const name = [...place, part].join("/");
      if (isClosed(name)) return false;
      if (targets.has(name)) {
        followed += 1;
        if (followed > FOLLOWED_MAX) return true; // it leads nowhere
        const next = this.#begin(place, targets.get(name) ?? "/");
        if (!next) return false;
        place = next.place;
        rest = [...next.rest, ...rest];
        continue;
      }
      place.push(part);
      if (!directories.has(name)) this.unknown.push(name);
    }
    return true;
  }

  /** Nothing for what leads out of the directory at once. */
  #begin(from: readonly string[], target: string): { place: string[]; rest: string[] } | undefined {
    if (!target.startsWith("/")) return { place: [...from], rest: partsOf(target) };
    const root = this.#ground.roots.find((path) => target === path || target.startsWith(`${path}/`));
    return root === undefined ? undefined : { place: [], rest: partsOf(target.slice(root.length)) };
  }
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

function directoriesOf(entries: LinkedTree["entries"]): Set<string> {
  const found = new Set<string>();
  for (const { name, type } of entries) {
    const path = withoutSlash(name);
    if (type === "directory") found.add(path);
    for (let slash = path.lastIndexOf("/"); slash > 0; slash = path.lastIndexOf("/", slash - 1)) {
      if (found.has(path.slice(0, slash))) break;
      found.add(path.slice(0, slash));
    }
  }
  return found;
}
