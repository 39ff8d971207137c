/** What a benchmark is run with. */
export interface BenchmarkControl {
  readonly signal: AbortSignal;
  /** Takes a piece of the report, without a line end. */
  readonly print: (text: string) => void;
  /** Hears what runs. */
  readonly progress: (text: string) => void;
}
