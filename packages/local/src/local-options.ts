export interface LocalOptions {
  /** Where the objects lie. Created with its parents, mode 0700, if it is missing. Relative to the working directory. */
  readonly directory: string;
  /** Whether it is created. Default true; false is for a mount that may be missing, whose place would else be taken on the disk below. */
  readonly create?: boolean;
}

/** Options with every default filled in, and an absolute directory. */
export type LocalSettings = Required<LocalOptions>;
