import type { Volume } from "memfs";

export interface MemoryOptions {
  /** Where the objects lie, as files in the root of it. A volume of its own when left out. */
  readonly volume?: Volume | undefined;
}

/** Options with every default filled in. */
export interface MemorySettings {
  readonly volume: Volume;
}
