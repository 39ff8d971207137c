/** One backup that a client is asked to make. */
export interface Turn {
  /** The name of the archive, used once. */
  readonly name: string;
  /** How long its hook keeps the lock, in milliseconds; Infinity for until it is told to go on. */
  readonly holdMs: number;
  /** Whether the process kills itself behind that. */
  readonly dies?: boolean;
}

/** What became of a turn. Times are of the machine's monotonic clock, in nanoseconds, the same in all processes. */
export interface TurnReport {
  /** "done", "died" or the code of the error. */
  readonly outcome: string;
  /** When the hook began, which is when the client knew that it holds the lock; nothing if it never did. */
  readonly enteredAt?: bigint;
  /** When the hook ended. */
  readonly leftAt?: bigint;
}

/** What a client process has to know before its first turn. */
export interface ClientSettings {
  /** The name of the host that it pretends to run on. */
  readonly host: string;
  readonly dataDir: string;
  readonly lockTtlMs: number;
  /** What the driver under test is made of. */
  readonly storage: object;
}

export type Order = { readonly start: ClientSettings } | { readonly turn: Turn } | "go on" | "stop";
export type Message = "ready" | "entered" | { readonly report: TurnReport };
