import { setMaxListeners } from "node:events";
import { linkSignals, raceAbort } from "../abort.ts";
import { CloseGrace, LEFT_BEHIND } from "../close-grace.ts";
import { StowageError } from "../errors.ts";
import type { FilesystemDriver } from "./driver.ts";
import { OpenOnce } from "./open-once.ts";
import { describeCall, wrapError } from "./wrap-error.ts";

export interface CallContext {
  readonly operation: string;
  readonly key?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** One call of a driver, from its start until nothing of it is left to do. */
export interface Call {
  /** Aborts with the caller's signal, when the filesystem closes, and when the call ends. */
  readonly signal: AbortSignal;
  /** Resolves once the driver is open. */
  opened(): Promise<void>;
  /** Settles as `work` does, or rejects once a close has waited long enough for it. */
  within<T>(work: Promise<T>): Promise<T>;
  wrap(error: unknown): StowageError;
  /** Ends the call. Safe to call twice. */
  end(): void;
}

/** What a driver that still does something for an ended call sees as the reason to stop. */
const CALL_ENDED = new DOMException("the call has ended", "AbortError");

/** How an error of `close` itself is told: nothing ends that. */
const OF_CLOSE = { operation: "close", closing: new AbortController().signal };

/** The calls under way on one driver: opens it before the first, and closes it after the last. */
export class Calls {
  readonly #driver: FilesystemDriver;
  readonly #opening: OpenOnce;
  readonly #closing = new AbortController();
  /** Aborts when a close waits no more. */
  readonly #leaving = new AbortController();
  readonly #underWay = new Map<Promise<void>, CallContext>();
  #closed: Promise<void> | undefined;

  constructor(driver: FilesystemDriver) {
    this.#driver = driver;
    setMaxListeners(0, this.#leaving.signal); // one for each call under way is no leak
    this.#opening = new OpenOnce((signal) => driver.open({ signal }));
  }

  /** Opens the driver, runs `action` and wraps what it throws. */
  async run<T>(context: CallContext, action: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const call = this.begin(context);
    try {
      await call.opened();
      return await call.within(action(call.signal));
    } catch (error) {
      throw call.wrap(error);
    } finally {
      call.end();
    }
  }

  /** Starts a call that ends later than its promise settles. Throws `CLOSED`, and `ABORTED` before any I/O. */
  begin(context: CallContext): Call {
    const { signal } = context;
    if (this.#closed || signal?.aborted) throw this.wrap(undefined, context);
    const linked = linkSignals(signal, this.#closing.signal);
    const ended = this.#track(context);
    return {
      signal: linked.signal,
      opened: () => this.#opening.wait(linked.signal),
      within: (work) => raceAbort(work, this.#leaving.signal),
      wrap: (error) => this.wrap(error, context),
      end: () => {
        linked[Symbol.dispose]();
        linked.abort(CALL_ENDED);
        ended();
      },
    };
  }

  wrap(error: unknown, context: CallContext): StowageError {
    const classify = (raw: unknown) => this.#driver.classify(raw);
    return wrapError(error, { ...context, closing: this.#closing.signal, classify });
  }

  /**
   * Aborts all calls, waits for them to end, and closes the driver. Those that do not end in time reject with `CLOSED`. The second
   * call waits for the first.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#closing.abort(new StowageError("CLOSED", "the filesystem is closed"));
    using grace = new CloseGrace(`${this.#driver.kind} filesystem`);
    await grace.wait(this.#ended(), () => [...this.#underWay.values()].map(describeCall));
    this.#leaving.abort(LEFT_BEHIND);
    await grace.wait(this.#opening.settled(), () => ["open"]);
    try {
      await grace.wait(Promise.resolve(this.#driver.close()), () => ["close"]);
    } catch (error) {
      throw wrapError(error, { ...OF_CLOSE, classify: (raw) => this.#driver.classify(raw) });
    }
  }

  async #ended(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.keys());
  }

  #track(context: CallContext): () => void {
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    this.#underWay.set(ended, context);
    return () => {
      this.#underWay.delete(ended);
      end();
    };
  }
}
