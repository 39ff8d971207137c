import type { FileInfo } from "@stowage/core";
import type { WriteObjectOptions } from "@stowage/core/driver";
import { ReferenceDriver } from "../reference-driver.ts";
import { brokenDriver, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;
type Parts = readonly Uint8Array[];

/** A driver that does something with what came before a write failed. */
export function onFailedWrite(
  name: string,
  caughtBy: readonly string[],
  action: (driver: ReferenceDriver, key: string, failed: { parts: Parts; error: unknown }) => void | Promise<void>,
): Flaw {
  return brokenDriver(
    name,
    caughtBy,
    class extends ReferenceDriver {
      override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
        const parts: Uint8Array[] = [];
        async function* remembered() {
          for await (const chunk of content) {
            parts.push(chunk);
            yield chunk;
          }
        }
        try {
          return await super.write(key, remembered(), options);
        } catch (error) {
          await action(this, key, { parts, error });
          throw error;
        }
      }
    },
  );
}
