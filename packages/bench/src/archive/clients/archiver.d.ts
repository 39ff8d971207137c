/** The part of archiver 8 that everybody here needs who uses it; it ships no types. */
declare module "archiver" {
  import type { Readable } from "node:stream";

  export class ZipArchive extends Readable {
    constructor(options: { zlib?: { level?: number } });
    finalize(): Promise<void>;
  }
}
