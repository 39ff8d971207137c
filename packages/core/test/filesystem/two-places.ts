import { wrapDriver } from "@stowage/contract-tests";
import { MemoryDriver } from "@stowage/memory";
import { Filesystem, type FilesystemDriver, mirrored } from "../../src/index.ts";

/** What to put in place of a driver's own members, with the driver to fall back on. */
export type Change = (driver: FilesystemDriver) => Partial<FilesystemDriver>;

export interface TwoPlaces {
  /** The places themselves, past the changes. */
  readonly first: Filesystem;
  readonly second: Filesystem;
  /** Both places behind one filesystem, with the changes. */
  readonly both: Filesystem;
}

/** Two places in memory and a mirrored filesystem over them, which may meet faults in either. */
export function twoPlaces({ first: one, second: two }: { first?: Change; second?: Change } = {}): TwoPlaces {
  const drivers = [new MemoryDriver(), new MemoryDriver()] as const;
  const changed = (driver: FilesystemDriver, change: Change = () => ({})) =>
    new Filesystem(wrapDriver(driver, change(driver)));
  return {
    first: new Filesystem(drivers[0]),
    second: new Filesystem(drivers[1]),
    both: mirrored([changed(drivers[0], one), changed(drivers[1], two)]),
  };
}

/** Each place's text under a key; "-" where there is none. */
export async function textsAt({ first, second }: TwoPlaces, key: string): Promise<string[]> {
  return Promise.all([first, second].map((place) => textAt(place, key)));
}

export async function textAt(filesystem: Filesystem, key: string): Promise<string> {
  if (!(await filesystem.exists(key))) return "-";
  const { content } = await filesystem.read(key);
  return Buffer.concat(await content.toArray()).toString();
}

/** A promise, and what resolves it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export const CHUNKS = ["one ", "two ", "three ", "four"].map((text) => Buffer.from(text));
export const TEXT = Buffer.concat(CHUNKS).toString();

/** A change of `write` alone. */
export function writing(write: (driver: FilesystemDriver) => FilesystemDriver["write"]): Change {
  return (driver) => ({ write: write(driver) });
}

/** Passes the chunks on, and tells when their end is seen. */
export async function* telling(content: AsyncIterable<Uint8Array>, tell: () => void): AsyncGenerator<Uint8Array> {
  yield* content;
  tell();
}

export async function* empty(): AsyncGenerator<Uint8Array> {}
