import { Readable } from "node:stream";
import { type Content, type FileInfo, Filesystem, StowageError, type WriteOptions } from "@stowage/core";
import { brokenFilesystem, type Flaw } from "./flaw.ts";

type Write = (key: string, content: Content, options?: WriteOptions) => Promise<FileInfo>;
type AnyWrite = (
  write: Write,
  key: string,
  content: Content,
  options: WriteOptions,
  filesystem: Filesystem,
) => Promise<FileInfo>;

/** The portable class with another `write`. */
export const sourceFlaws: readonly Flaw[] = [
  writing(
    "the declared size is ignored",
    ["write-fails/size-too-large", "write-fails/size-too-small"],
    (write, key, content, options) => {
      const { size: _, ...others } = options;
      return write(key, content, others);
    },
  ),
  writing(
    "content that cannot be iterated is stored as nothing",
    ["write-fails/iterator-cannot-be-made"],
    async (write, key, content, options) => {
      try {
        return await write(key, content, options);
      } catch {
        return write(key, Buffer.alloc(0));
      }
    },
  ),
  writing(
    "the cause is lost",
    ["write-fails/stream-with-an-error", "write-fails/iterator-cannot-be-made"],
    async (write, key, content, options) => {
      try {
        return await write(key, content, options);
      } catch (error) {
        if (!(error instanceof StowageError)) throw error;
        throw new StowageError(error.code, error.message, { operation: "write", key });
      }
    },
  ),
  writing(
    "every error of a source is SOURCE_UNREADABLE",
    ["write-fails/typed-source-error"],
    async (write, key, content, options) => {
      try {
        return await write(key, content, options);
      } catch (error) {
        throw new StowageError("SOURCE_UNREADABLE", "the source failed", { operation: "write", key, cause: error });
      }
    },
  ),
  writing("what is no bytes is made bytes", ["write-fails/wrong-chunk-type"], (write, key, content, options) =>
    Array.isArray(content)
      ? write(
          key,
          content.map((chunk) => Buffer.from(String(chunk))),
          options,
        )
      : write(key, content, options),
  ),
  writing(
    "what is no content is stored as nothing",
    ["write-fails/content-of-no-kind"],
    (write, key, content, options) =>
      typeof content === "object" && content !== null
        ? write(key, content, options)
        : write(key, Buffer.alloc(0), options),
  ),
  writing(
    "a used stream is stored as nothing",
    ["write-fails/destroyed-stream", "write-fails/consumed-stream"],
    (write, key, content, options) =>
      content instanceof Readable && content.destroyed
        ? write(key, Buffer.alloc(0), options)
        : write(key, content, options),
  ),
  writing(
    "a used web stream is stored as nothing",
    ["write-fails/locked-web-stream"],
    (write, key, content, options) =>
      content instanceof ReadableStream ? write(key, Buffer.alloc(0), options) : write(key, content, options),
  ),
  writing(
    "a signal that is aborted already is noticed late",
    ["write-fails/aborted-before"],
    async (write, key, content, options, filesystem) => {
      await filesystem.open();
      return write(key, content, options);
    },
  ),
  {
    ...writing(
      "an abort of a write is ignored",
      ["write-fails/aborted-at-once", "write-fails/aborted-below-one-part"],
      (write, key, content, options) => {
        const { signal: _, ...others } = options;
        return write(key, content, others);
      },
    ),
    isHanging: true,
  },
  writing(
    "an abort after success takes the object back",
    ["write-fails/abort-after-success"],
    async (write, key, content, options, filesystem) => {
      const info = await write(key, content, options);
      options.signal?.addEventListener("abort", () => void filesystem.delete(key));
      return info;
    },
  ),
  writing("listeners stay on the signal", ["write-fails/signal-keeps-no-listener"], (write, key, content, options) => {
    options.signal?.addEventListener("abort", () => {});
    return write(key, content, options);
  }),
  writing(
    "a write that fails deletes what lies under the key",
    ["errors/lost-reply"],
    async (write, key, content, options, filesystem) => {
      try {
        return await write(key, content, options);
      } catch (error) {
        await filesystem.delete(key);
        throw error;
      }
    },
  ),
];

function writing(name: string, caughtBy: string[], change: AnyWrite): Flaw {
  return brokenFilesystem(
    name,
    caughtBy,
    class extends Filesystem {
      override write(key: string, content: Content, options: WriteOptions = {}): Promise<FileInfo> {
        return change((...values) => super.write(...values), key, content, options, this);
      }
    },
  );
}
