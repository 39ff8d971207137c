import { StowageError } from "../errors.ts";
import type { Capabilities, WriteObjectOptions } from "./driver.ts";

export interface WriteOptions {
  readonly signal?: AbortSignal | undefined;
  /** The exact number of bytes: another number of them rejects with `SIZE_MISMATCH` and stores nothing. */
  readonly size?: number | undefined;
  /** An upper bound of the number of bytes, for drivers that choose part sizes by it. */
  readonly sizeBound?: number | undefined;
  /** Rejects with `ALREADY_EXISTS` rather than replace. Needs `capabilities.conditionalCreate`. */
  readonly ifNotExists?: boolean | undefined;
  /** Needs `capabilities.contentTypes`. */
  readonly contentType?: string | undefined;
}

/** Throws `INVALID_ARGUMENT` unless `value` is absent or a whole number from 1 to `most`. */
export function assertPositiveInteger(name: string, value: number | undefined, most = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1 && value <= most)) return;
  throw new StowageError("INVALID_ARGUMENT", `${name}: ${String(value)} is not a whole number from 1 to ${most}`);
}

type WriteRequest = Omit<WriteObjectOptions, "signal">;

/** Throws `INVALID_ARGUMENT` for options that are wrong, and `UNSUPPORTED` for those that the driver does not declare. */
export function assertWritable(options: WriteRequest, capabilities: Capabilities): void {
  assertSize("size", options.size);
  assertSize("sizeBound", options.sizeBound);
  assertContentType(options.contentType);
  if (options.contentType !== undefined && !capabilities.contentTypes) throw undeclared("contentType");
  if (options.ifNotExists && !capabilities.conditionalCreate) throw undeclared("ifNotExists");
  if (options.size !== undefined) assertAdmissible(options.size, options, capabilities);
}

/** Throws `UNSUPPORTED` if so many bytes are more than the driver can store, or can create conditionally. */
export function assertAdmissible(size: number, { ifNotExists }: WriteRequest, { limits }: Capabilities): void {
  if (limits.objectSize !== undefined && size > limits.objectSize) {
    throw new StowageError("UNSUPPORTED", `size: this storage keeps at most ${limits.objectSize} bytes under a key`);
  }
  if (ifNotExists && limits.conditionalCreateSize !== undefined && size > limits.conditionalCreateSize) {
    const message = `ifNotExists: this storage is atomic up to ${limits.conditionalCreateSize} bytes only; write larger content without it`;
    throw new StowageError("UNSUPPORTED", message);
  }
}

function assertSize(name: string, size: number | undefined): void {
  if (size === undefined || (Number.isSafeInteger(size) && size >= 0)) return;
  throw new StowageError("INVALID_ARGUMENT", `${name}: ${String(size)} is not a whole number of bytes from 0 on`);
}

/** Header-safe and short: what RFC 9110 §8.3 calls a media type, with parameters. */
function assertContentType(contentType: string | undefined): void {
  if (contentType === undefined || /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(;[\x20-\x7e]{0,200})?$/.test(contentType)) return;
  throw new StowageError("INVALID_ARGUMENT", `contentType: ${JSON.stringify(contentType)} is not a media type`);
}

function undeclared(option: string): StowageError {
  return new StowageError("UNSUPPORTED", `${option}: the driver does not declare it; leave it out`);
}
