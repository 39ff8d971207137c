export interface SignalOption {
  readonly signal?: AbortSignal | undefined;
}

export interface ListOptions extends SignalOption {
  /** Only keys that start with it. */
  readonly prefix?: string | undefined;
  /** Objects per request; the driver's own page size if that is smaller or this is left out. */
  readonly pageSize?: number | undefined;
}
