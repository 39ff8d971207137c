import type { Filesystem } from "@stowage/core";

/**
 * The least that a storage needs for each of these: its own functions, called directly, on the same place as the driver. A driver
 * that takes twice as long as its floor spends half of the time by itself.
 */
export interface Floor {
  /** Stores the bytes under a key. */
  write(key: string, bytes: Uint8Array): Promise<unknown>;
  /** Reads the bytes from `start` to before `end`, all of them, and resolves with how many there were. */
  read(key: string, start: number, end: number): Promise<number>;
  stat(key: string): Promise<unknown>;
  /** Lists what starts with the prefix, and resolves with how many there are. */
  list(prefix: string): Promise<number>;
  /** Removes what `write` has stored. */
  delete(key: string): Promise<unknown>;
}

/** A filesystem in the shape of a floor. */
export function asFloor(filesystem: Filesystem): Floor {
  return {
    write: (key, bytes) => filesystem.write(key, bytes),
    read: async (key, start, end) => {
      const { content } = await filesystem.read(key, { start, end });
      let size = 0;
      for await (const chunk of content) size += (chunk as Uint8Array).length;
      return size;
    },
    stat: (key) => filesystem.stat(key),
    list: async (prefix) => {
      let count = 0;
      for await (const _ of filesystem.list({ prefix })) count++;
      return count;
    },
    delete: (key) => filesystem.delete(key),
  };
}
