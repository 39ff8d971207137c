/** Collects the promise rejections that nobody handles. A filesystem must cause none, even while it fails. */
export class RejectionWatch {
  readonly #reasons: unknown[] = [];
  readonly #listener = (reason: unknown) => void this.#reasons.push(reason);

  start(): void {
    process.on("unhandledRejection", this.#listener);
  }

  /** Stops collecting, and returns what came as one error, if anything came. */
  stop(): AggregateError | undefined {
    process.off("unhandledRejection", this.#listener);
    if (this.#reasons.length === 0) return undefined;
    const messages = this.#reasons.map((reason) => String(reason)).join("; ");
    return new AggregateError(this.#reasons, `promises were rejected and nobody handled it: ${messages}`);
  }
}

/** The id under which unhandled rejections are reported: they belong to the whole run, not to one case. */
export const REJECTIONS_ID = "errors/no-unhandled-rejection";
