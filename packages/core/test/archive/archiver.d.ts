/** The part of archiver 8 that the tests use; it ships no types. */
declare module "archiver" {
  import type { Readable } from "node:stream";

  export class ZipArchive extends Readable {
    constructor(options: { store?: boolean; forceZip64?: boolean; zlib?: { level?: number } });
    append(content: Uint8Array, entry: { name: string; date: Date }): this;
    finalize(): Promise<void>;
  }
}
