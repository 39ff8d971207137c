import { GcsError } from "./gcs-error.ts";

/** The part of an object resource that is used here (https://cloud.google.com/storage/docs/json_api/v1/objects). */
export interface ObjectResource {
  readonly name: string;
  readonly size: number;
  readonly generation: string;
  readonly createdAt: Date;
  readonly crc32c: string | undefined;
  readonly contentType: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The `fields` parameter for an {@link ObjectResource}. */
export const OBJECT_FIELDS = "name,size,generation,timeCreated,crc32c,contentType,metadata";

/** Checks an answer of the API. Throws unless it describes an object. */
export function parseObject(value: unknown): ObjectResource {
  const { name, size, generation, timeCreated, crc32c, contentType, metadata } = (value ?? {}) as Record<
    string,
    unknown
  >;
  const createdAt = new Date(String(timeCreated));
  const isObject =
    typeof name === "string" && isDigits(size) && isDigits(generation) && !Number.isNaN(createdAt.getTime());
  if (!isObject) throw new GcsError("malformed", "the answer describes no object");
  return {
    name,
    size: Number(size),
    generation: String(generation),
    createdAt,
    crc32c: optionalString(crc32c),
    contentType: optionalString(contentType),
    metadata: typeof metadata === "object" && metadata !== null ? (metadata as Record<string, unknown>) : {},
  };
}

function isDigits(value: unknown): boolean {
  return /^\d+$/.test(String(value));
}

function optionalString(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
