import type { Readable } from "node:stream";
import { type FileInfo, StowageError } from "@stowage/core";
import type { RequestContext } from "../request-context.ts";
import type { ByteRange } from "./byte-range.ts";
import { entityTag } from "./entity-tag.ts";

/** An object that is open, to be read in `range`. */
export interface OpenVersion {
  readonly info: FileInfo;
  readonly range: ByteRange | "whole";
  /** The bytes of the range. */
  readonly content: Readable;
}

type Asked = Pick<RequestContext, "manager" | "request" | "key">;

/** Describes the object under the request's key. Reads none of it. */
export async function stat({ manager, request, key }: Asked): Promise<FileInfo> {
  const { signal } = request;
  try {
    const { info, content } = await manager.download(key, { range: { start: 0, end: 0 }, signal });
    content.destroy();
    return info;
  } catch (error) {
    if (!isOfEmptyObject(error)) throw error;
    const { info, content } = await manager.download(key, { signal });
    content.destroy();
    return info;
  }
}

/**
 * Opens the object under the request's key, or a range of the version that was described before. If another version has
 * replaced that one meanwhile, opens all of it.
 */
export async function openVersion(
  asked: Asked,
  wanted?: { info: FileInfo; range: ByteRange | "whole" },
): Promise<OpenVersion> {
  const { manager, request, key } = asked;
  const { signal } = request;
  if (!wanted || wanted.range === "whole") return { ...(await manager.download(key, { signal })), range: "whole" };
  const { range } = wanted;
  const opened = await manager.download(key, { range, signal });
  if (entityTag(opened.info) === entityTag(wanted.info)) return { ...opened, range };
  opened.content.destroy();
  return openVersion(asked);
}

/** No range that starts at the first byte can be satisfied where there is none. */
function isOfEmptyObject(error: unknown): boolean {
  return error instanceof StowageError && error.code === "RANGE_NOT_SATISFIABLE";
}
