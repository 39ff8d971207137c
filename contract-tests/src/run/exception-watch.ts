interface Ended {
  readonly status: string;
  readonly error?: unknown;
}

/** Collects the errors that nobody could have caught, such as that of an 'error' event without a listener: each would end the process. */
export class ExceptionWatch {
  readonly #errors: unknown[] = [];
  readonly #listener = (error: unknown) => void this.#errors.push(error);

  start(): void {
    process.on("uncaughtException", this.#listener);
  }

  /** The outcome, or a failure if such an error came since this was asked last: it comes first, since what follows may follow from it. */
  judge<T extends Ended>(outcome: T): T | { readonly status: "failed"; readonly error: AggregateError } {
    const errors = this.#errors.splice(0);
    if (errors.length === 0) return outcome;
    const thrown = errors.map((error) => String(error)).join("; ");
    const what = "thrown where nobody can catch it, which ends a process: promised is a rejection";
    const then = outcome.status === "failed" ? [`then: ${String(outcome.error)}`] : [];
    return { status: "failed", error: new AggregateError(errors, [`${thrown} was ${what}`, ...then].join("\n")) };
  }

  stop(): void {
    process.off("uncaughtException", this.#listener);
  }
}
