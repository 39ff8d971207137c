import type { Capabilities, FilesystemDriver } from "@stowage/core";
import type { WriteObjectOptions } from "@stowage/core/driver";
import { REFERENCE_CAPABILITIES, ReferenceDriver } from "./reference-driver.ts";
import type { ReferencePlace } from "./reference-place.ts";

/** The reference driver with parts of another size. */
export function partedDriver(place: ReferencePlace, partSize: number): FilesystemDriver {
  return new (class extends ReferenceDriver {
    override readonly capabilities: Capabilities = Object.freeze({
      ...REFERENCE_CAPABILITIES,
      limits: Object.freeze({ ...REFERENCE_CAPABILITIES.limits, partSize }),
    });

    /** Joins chunks once a part is full, not at each chunk. */
    protected override async upload(
      id: string,
      content: AsyncIterable<Uint8Array>,
      { signal }: WriteObjectOptions,
    ): Promise<Uint8Array[]> {
      const chunks: Uint8Array[] = [];
      this.place.uploads.set(id, chunks);
      for await (const chunk of content) {
        signal.throwIfAborted();
        chunks.push(chunk);
      }
      return chunks;
    }
  })(place);
}
