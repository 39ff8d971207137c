import type { FilesystemDriver } from "@stowage/core";
import { wrapDriver } from "./wrap-driver.ts";

/** Replaces the bytes of every object that is read by what `change` makes of them. */
export function changeBody(
  driver: FilesystemDriver,
  change: (content: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): FilesystemDriver {
  return wrapDriver(driver, {
    read: async (key, options) => {
      const { info, content } = await driver.read(key, options);
      return { info, content: change(content) };
    },
  });
}
