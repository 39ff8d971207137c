/** What is on a disk: directories with their names, files with their content, each under its inode. */
export interface DiskImage {
  readonly directories: Map<number, Map<string, number>>;
  readonly files: Map<number, Buffer>;
  nextInode: number;
}

export const ROOT = 1;

/** One change to a disk, or one order to make changes durable. */
export type DiskEvent =
  | {
      readonly kind: "create";
      readonly inode: number;
      readonly at: Slot;
      readonly isDirectory: boolean;
      /** What it holds from the start, as a symbolic link does. */
      readonly content?: Buffer;
    }
  /** A second name for a file. */
  | { readonly kind: "link"; readonly inode: number; readonly at: Slot }
  | { readonly kind: "rename"; readonly inode: number; readonly from: Slot; readonly at: Slot }
  | { readonly kind: "remove"; readonly inode: number; readonly at: Slot }
  /** Behind what is there, unless it says where. */
  | { readonly kind: "write"; readonly inode: number; readonly bytes: Buffer; readonly position?: number }
  | { readonly kind: "sync"; readonly inode: number }
  /** The kernel reports the error once; what was to be written counts as clean from then on. */
  | { readonly kind: "failed sync"; readonly inode: number }
  /** What the application was told or did at this moment. */
  | { readonly kind: "mark"; readonly text: string };

/** A name in a directory. */
export interface Slot {
  readonly directory: number;
  readonly name: string;
}

/** A change of names that is not known to be durable. It is, once every directory that it changes was synced. */
interface Pending {
  readonly change: Extract<DiskEvent, { kind: "create" | "link" | "rename" | "remove" }>;
  readonly unsynced: Set<number>;
  readonly forgotten: Set<number>;
  /** Earlier pending changes without which this one cannot be on disk. */
  readonly needs: readonly number[];
}

/** A disk with a cache: what is visible, and what of it a power cut may take away. */
export class DiskModel {
  readonly live: DiskImage;
  readonly #base: DiskImage;
  readonly #pending: Pending[] = [];
  /** Files whose content is not durable, with the content that is. */
  readonly #dirty = new Map<number, { durable: Buffer; isForgotten: boolean }>();
  readonly #ordersNames: boolean;

  /** `ordersNames`: a change of a name is on disk only with every earlier change of the same name. Without, only per inode. */
  constructor(image: DiskImage, { ordersNames }: { ordersNames: boolean }) {
    this.#base = copyOf(image);
    this.live = copyOf(image);
    this.#ordersNames = ordersNames;
  }

  apply(event: DiskEvent): void {
    if (event.kind === "sync") this.#sync(event.inode);
    else if (event.kind === "failed sync") this.#forget(event.inode);
    else if (event.kind === "write") this.#write(event);
    else if (event.kind !== "mark") this.#change(event);
  }

  /** What may be on the disk after a power cut now: every possibility if they are few, else `max` of them. */
  *afterPowerCut(max: number, random: () => number): Generator<DiskImage> {
    const durable = this.#durableChanges();
    const open = this.#pending.map((_, index) => index).filter((index) => !durable.has(index));
    const seen = new Set<string>();
    for (const bits of choices(open.length + this.#dirty.size, max, random)) {
      const chosen = new Set(open.filter((_, position) => bits[position] !== 0));
      const kept = this.#pending.map(() => false);
      this.#pending.forEach(({ needs }, index) => {
        kept[index] = durable.has(index) || (chosen.has(index) && needs.every((need) => kept[need]));
      });
      const contents = bits.slice(open.length);
      const fingerprint = `${kept.map(Number).join("")}/${contents.join("")}`;
      if (seen.has(fingerprint)) continue;
      seen.add(fingerprint);
      yield this.#image(kept, contents);
    }
  }

  #change(change: Pending["change"]): void {
    const { inode, at } = change;
    const slots = change.kind === "rename" ? [change.from, at] : [at];
    const needs = this.#pending
      .map(({ change: earlier }, index) => ({ earlier, index }))
      .filter(({ earlier }) => {
        if (this.#ordersNames && touches(earlier, slots)) return true;
        return earlier.inode === inode && change.kind !== "link"; // a second name may get there before the first
      })
      .map(({ index }) => index);
    this.#pending.push({ change, unsynced: new Set(slots.map((s) => s.directory)), forgotten: new Set(), needs });
    perform(this.live, change);
    this.live.nextInode = Math.max(this.live.nextInode, inode + 1);
  }

  #write({ inode, bytes, position }: Extract<DiskEvent, { kind: "write" }>): void {
    const before = this.live.files.get(inode) ?? Buffer.alloc(0);
    const start = position ?? before.length;
    const hole = Buffer.alloc(Math.max(0, start - before.length));
    if (!this.#dirty.has(inode)) this.#dirty.set(inode, { durable: before, isForgotten: false });
    this.live.files.set(
      inode,
      Buffer.concat([before.subarray(0, start), hole, bytes, before.subarray(start + bytes.length)]),
    );
  }

  #sync(inode: number): void {
    if (this.#dirty.get(inode)?.isForgotten === false) this.#dirty.delete(inode);
    for (const { unsynced, forgotten } of this.#pending) if (!forgotten.has(inode)) unsynced.delete(inode);
  }

  #forget(inode: number): void {
    const file = this.#dirty.get(inode);
    if (file) file.isForgotten = true;
    for (const { unsynced, forgotten } of this.#pending) if (unsynced.has(inode)) forgotten.add(inode);
  }

  #durableChanges(): Set<number> {
    const durable = new Set<number>();
    for (let index = this.#pending.length - 1; index >= 0; index--) {
      const pending = this.#pending[index];
      if (!pending || (pending.unsynced.size > 0 && !durable.has(index))) continue;
      durable.add(index);
      for (const need of pending.needs) durable.add(need);
    }
    return durable;
  }

  #image(kept: readonly boolean[], contents: readonly number[]): DiskImage {
    const image = copyOf(this.#base);
    image.nextInode = this.live.nextInode;
    for (const inode of this.live.directories.keys()) {
      if (!image.directories.has(inode)) image.directories.set(inode, new Map());
    }
    for (const [inode, content] of this.live.files) image.files.set(inode, content);
    [...this.#dirty].forEach(([inode, { durable }], index) => {
      const states = [durable, this.live.files.get(inode) ?? durable, Buffer.from("torn")];
      image.files.set(inode, states[contents[index] ?? 0] ?? durable);
    });
    this.#pending.forEach(({ change }, index) => {
      if (kept[index]) perform(image, change);
    });
    return image;
  }
}

/** Makes an empty disk. */
export function emptyImage(): DiskImage {
  return { directories: new Map([[ROOT, new Map()]]), files: new Map(), nextInode: ROOT + 1 };
}

function copyOf({ directories, files, nextInode }: DiskImage): DiskImage {
  const copies = [...directories].map(([inode, names]) => [inode, new Map(names)] as const);
  return { directories: new Map(copies), files: new Map(files), nextInode };
}

function perform(image: DiskImage, change: Pending["change"]): void {
  const { inode, at } = change;
  if (change.kind === "create") {
    if (!change.isDirectory) image.files.set(inode, image.files.get(inode) ?? change.content ?? Buffer.alloc(0));
    else if (!image.directories.has(inode)) image.directories.set(inode, new Map());
  }
  const old = change.kind === "rename" ? change.from : at;
  const names = image.directories.get(old.directory);
  if (change.kind !== "create" && names?.get(old.name) === inode) names.delete(old.name);
  if (change.kind !== "remove") image.directories.get(at.directory)?.set(at.name, inode);
}

function touches(change: Pending["change"], slots: readonly Slot[]): boolean {
  const own = change.kind === "rename" ? [change.from, change.at] : [change.at];
  return own.some((one) => slots.some((other) => one.directory === other.directory && one.name === other.name));
}

/** Rows of 0 (lost), 1 (kept) and, for contents, 2 (torn): all rows if they are few, else the telling ones and random ones. */
function* choices(length: number, max: number, random: () => number): Generator<number[]> {
  if (3 ** length <= max) {
    for (let row = 0; row < 3 ** length; row++) yield digits(row, length);
    return;
  }
  yield Array.from({ length }, () => 1);
  yield Array.from({ length }, () => 0);
  let left = max - 2;
  for (let odd = 0; odd < length && left > 1; odd++, left -= 2) {
    yield Array.from({ length }, (_, index) => Number(index === odd));
    yield Array.from({ length }, (_, index) => Number(index !== odd));
  }
  for (; left > 0; left--) yield Array.from({ length }, () => Math.floor(random() * 3));
}

function digits(row: number, length: number): number[] {
  return Array.from({ length }, (_, index) => Math.floor(row / 3 ** index) % 3);
}
