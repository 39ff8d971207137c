import type { FilesystemDriver } from "@stowage/core";
import type { DriverVerb } from "../faults/intercept-calls.ts";

const VERBS = ["open", "stat", "list", "read", "write", "delete", "signUrl", "close"] as const satisfies DriverVerb[];
/** Calls that are kept. */
const MOST_KEPT = 200;
const LONGEST_KEY = 60;
/** Errors that are kept. */
const MOST_ERRORS = 50;

interface TracedCall {
  /** Such as `write "a.zip"`. */
  readonly call: string;
  /** What became of it: "pending", "ok", or the code of the error. */
  state: string;
}

interface TracedError {
  readonly call: string;
  readonly error: unknown;
}

type Method = (...values: unknown[]) => unknown;

/** What a driver was asked, in the order in which the calls began: so that a failure can name what led to it. */
export class CallTrace {
  readonly #calls: TracedCall[] = [];
  readonly #errors: TracedError[] = [];

  /** Makes a driver that is `driver` in all else, but whose calls are kept here. */
  watch(driver: FilesystemDriver): FilesystemDriver {
    return new Proxy(driver, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        const verb = VERBS.find((candidate) => candidate === name);
        return verb ? this.#watched(verb, value.bind(target) as Method, driver) : value.bind(target);
      },
    });
  }

  /** The last calls, in a row. */
  last(count: number): string {
    return this.#calls
      .slice(-count)
      .map(({ call, state }) => `${call} → ${state}`)
      .join(", ");
  }

  /** What calls and contents threw, of many errors the first. */
  get errors(): readonly TracedError[] {
    return this.#errors;
  }

  /** The calls that have not come to an end. */
  pending(): string[] {
    return this.#calls.filter(({ state }) => state === "pending").map(({ call }) => call);
  }

  #watched(verb: DriverVerb, method: Method, driver: FilesystemDriver): Method {
    return async (...values) => {
      const traced = this.#begin(describe(verb, values));
      try {
        const answer = await method(...values);
        traced.state = "ok";
        return verb === "read" ? this.#withContent(answer, traced) : answer;
      } catch (error) {
        traced.state = stateOf(error, driver);
        this.#keep(traced.call, error);
        throw error;
      }
    };
  }

  #begin(call: string): TracedCall {
    const traced = { call, state: "pending" };
    this.#calls.push(traced);
    if (this.#calls.length > MOST_KEPT) this.#calls.shift();
    return traced;
  }

  #keep(call: string, error: unknown): void {
    if (this.#errors.length < MOST_ERRORS) this.#errors.push({ call, error });
  }

  /** Content that stalls is as pending as a call. */
  #withContent(answer: unknown, { call }: TracedCall): unknown {
    const { content } = (answer ?? {}) as { content?: AsyncIterable<Uint8Array> };
    if (typeof content?.[Symbol.asyncIterator] !== "function") return answer;
    const watched = { [Symbol.asyncIterator]: () => this.#iterator(content[Symbol.asyncIterator](), call) };
    return { ...(answer as object), content: watched };
  }

  #iterator(iterator: AsyncIterator<Uint8Array>, call: string): AsyncIterator<Uint8Array> {
    let traced: TracedCall | undefined;
    const settle = (state: string) => {
      if (traced) traced.state = state;
    };
    const next = async () => {
      traced ??= this.#begin(`content of ${call}`);
      settle("pending");
      try {
        const result = await iterator.next();
        settle(result.done ? "read to its end" : "being read");
        return result;
      } catch (error) {
        settle(`throws ${String(error)}`);
        this.#keep(`content of ${call}`, error);
        throw error;
      }
    };
    if (!iterator.return) return { next };
    return {
      next,
      return: async (value) => {
        settle("left");
        return iterator.return?.(value) ?? { done: true, value };
      },
    };
  }
}

function describe(verb: DriverVerb, [first]: readonly unknown[]): string {
  if (verb === "open" || verb === "close") return verb;
  const key = verb === "list" ? (first as { prefix?: unknown } | undefined)?.prefix : first;
  return `${verb} ${JSON.stringify(key)?.slice(0, LONGEST_KEY)}`;
}

function stateOf(error: unknown, driver: FilesystemDriver): string {
  try {
    return String(driver.classify(error).code);
  } catch {
    return "an error";
  }
}
