interface Request {
  resolve(result: IteratorResult<Uint8Array, undefined>): void;
  reject(error: unknown): void;
}

/**
 * Hands one content on to several readers. The next chunk is asked for when all readers want it, so one chunk is held
 * at a time; a reader that leaves no longer holds the others up. The end of the content is kept from each reader until
 * `end` is called for it.
 */
export class FanOut {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #readers = new Set<FanOutReader>();
  readonly #requests = new Map<FanOutReader, Request>();
  #state: "open" | "pulling" | "ended" | "stopped" = "open";
  #finish: () => void = () => {};
  /** Resolves when the content has ended or failed, or all readers have left. */
  readonly finished = new Promise<void>((resolve) => {
    this.#finish = resolve;
  });
  /** Bytes handed on. */
  size = 0;
  /** Why the readers get no more. */
  failure: unknown;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#source = content[Symbol.asyncIterator]();
  }

  get hasEnded(): boolean {
    return this.#state === "ended";
  }

  /** Adds a reader. All must be there before the first one reads. */
  add(): FanOutReader {
    const reader = new FanOutReader(this);
    this.#readers.add(reader);
    return reader;
  }

  isReading(reader: FanOutReader): boolean {
    return this.#readers.has(reader);
  }

  next(reader: FanOutReader): Promise<IteratorResult<Uint8Array, undefined>> {
    return new Promise((resolve, reject) => {
      if (this.#state === "stopped") return reject(this.failure);
      if (!this.#readers.has(reader)) return resolve({ done: true, value: undefined });
      this.#requests.set(reader, { resolve, reject });
      this.#pull();
    });
  }

  leave(reader: FanOutReader): void {
    this.#readers.delete(reader);
    this.#requests.delete(reader);
    this.#pull();
  }

  /** Lets a reader see the end. */
  end(reader: FanOutReader): void {
    const request = this.#requests.get(reader);
    if (!this.hasEnded || !request) return;
    reader.sawEnd = true;
    this.leave(reader);
    request.resolve({ done: true, value: undefined });
  }

  /** Makes the content throw for all readers that have not seen its end. */
  fail(error: unknown): void {
    if (this.#state === "stopped") return;
    if (this.#state !== "ended") void this.#release();
    this.#state = "stopped";
    this.failure = error;
    for (const { reject } of this.#requests.values()) reject(error);
    this.#requests.clear();
    this.#finish();
  }

  #pull(): void {
    if (this.#state !== "open" || this.#requests.size < this.#readers.size) return;
    if (this.#readers.size === 0) {
      this.fail(undefined);
      return;
    }
    this.#state = "pulling";
    this.#source.next().then(
      (result) => this.#deliver(result),
      (error: unknown) => this.fail(error),
    );
  }

  #deliver({ done, value }: IteratorResult<Uint8Array>): void {
    if (this.#state === "stopped") return;
    if (done) {
      this.#state = "ended";
      this.#finish();
      return;
    }
    this.#state = "open";
    this.size += value.length;
    const requests = [...this.#requests.values()];
    this.#requests.clear();
    for (const { resolve } of requests) resolve({ done: false, value });
    this.#pull();
  }

  async #release(): Promise<void> {
    try {
      await this.#source.return?.();
    } catch {
      // The failure that led here is the one to tell.
    }
  }
}

/** What one reader sees of the content. */
export class FanOutReader implements AsyncIterable<Uint8Array> {
  readonly #fanOut: FanOut;
  /** Whether the end was reached, rather than the reader gone early. */
  sawEnd = false;

  constructor(fanOut: FanOut) {
    this.#fanOut = fanOut;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    return {
      next: () => this.#fanOut.next(this),
      return: async () => {
        this.#fanOut.leave(this);
        return { done: true, value: undefined };
      },
    };
  }
}
