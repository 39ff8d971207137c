import { StowageError } from "../../errors.ts";
import { messageOf } from "../../message-of.ts";
import { assertOptions } from "../../options/assert-options.ts";
import { type OptionRules, rule } from "../../options/option-rules.ts";
import { classifyThrown } from "../classify-thrown.ts";
import type { NamedDestination } from "../destinations-of.ts";
import type { FileInfo, FilesystemDriver, ReadRangeOptions } from "../driver.ts";
import { Filesystem } from "../filesystem.ts";
import { filesystemAdvice } from "../filesystem-advice.ts";

const NAMED: OptionRules<NamedDestination> = {
  name: rule.text,
  filesystem: { expected: "a Filesystem", accepts: (value) => value instanceof Filesystem },
};

/** One of the filesystems behind a mirrored one. Opens it with the first call; errors name it and carry its code. */
export class MirrorDestination {
  readonly name: string;
  readonly driver: FilesystemDriver;
  readonly filesystem: Filesystem;

  /** Without a name of its own it is called after its kind and its place in the row, such as "s3-2". */
  constructor(destination: Filesystem | NamedDestination, position: number) {
    const named: Partial<NamedDestination> =
      destination instanceof Filesystem ? { filesystem: destination } : destination;
    assertNamed(named, position);
    this.filesystem = named.filesystem;
    this.driver = named.filesystem.driver;
    this.name = named.name ?? `${this.driver.kind}-${position}`;
  }

  /** Runs `action` on the open driver. */
  async call<T>(signal: AbortSignal, action: (driver: FilesystemDriver) => Promise<T>): Promise<T> {
    try {
      await this.filesystem.open({ signal });
      return await action(this.driver);
    } catch (error) {
      throw this.translate(error);
    }
  }

  async read(key: string, options: ReadRangeOptions): Promise<{ info: FileInfo; content: AsyncIterable<Uint8Array> }> {
    const { info, content } = await this.call(options.signal, (driver) => driver.read(key, options));
    return { info, content: { [Symbol.asyncIterator]: () => this.#translated(content[Symbol.asyncIterator]()) } };
  }

  /** Says what an error of this destination means. Leaves alone what it has translated before. */
  translate(error: unknown): StowageError {
    if (error instanceof DestinationError) return error;
    const { code, retryable } = error instanceof StowageError ? error : classifyThrown(error, this.driver);
    const cause = error instanceof StowageError ? (error.cause ?? error) : error;
    return new DestinationError(code, `${this.name}: ${messageOf(error)}`, { retryable, cause });
  }

  /** By hand, because a generator that waits for the next chunk cannot be made to return. */
  #translated(iterator: AsyncIterator<Uint8Array>): AsyncIterator<Uint8Array> {
    return {
      next: async () => {
        try {
          return await iterator.next();
        } catch (error) {
          throw this.translate(error);
        }
      },
      return: async () => (await iterator.return?.()) ?? { done: true, value: undefined },
    };
  }
}

function assertNamed(destination: unknown, position: number): asserts destination is NamedDestination {
  const within = `destinations[${position - 1}]`;
  const advice = filesystemAdvice(destination);
  if (typeof destination !== "object" || destination === null || advice !== "") {
    throw new StowageError("INVALID_ARGUMENT", `${within}: neither a Filesystem nor { name, filesystem }${advice}`);
  }
  assertOptions(destination, NAMED, { code: "INVALID_ARGUMENT", within, required: ["filesystem"] });
}

class DestinationError extends StowageError {}

/** Makes one error of those of several destinations: the code of the first, all of them behind an `AggregateError`. */
export function allFailed(failures: readonly StowageError[]): StowageError {
  const [first] = failures;
  const message = failures.map((failure) => failure.message).join("; ");
  const { code, retryable } = first ?? { code: "INTERNAL", retryable: false };
  return new StowageError(code, message, {
    retryable,
    cause: new AggregateError(failures, "each of these destinations failed"),
  });
}
