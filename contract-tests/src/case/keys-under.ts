import type { FileInfo, FilesystemDriver } from "@stowage/core";
import { wrapDriver } from "../faults/wrap-driver.ts";

/**
 * Makes a driver of the objects whose keys start with `start`, with it taken off. Unlike `prefixed` it takes a dot to start with,
 * as this library does for the objects of its own.
 */
export function keysUnder(driver: FilesystemDriver, start: string): FilesystemDriver {
  const outside = (info: FileInfo): FileInfo => ({ ...info, key: info.key.slice(start.length) });
  return wrapDriver(driver, {
    stat: async (key, options) => outside(await driver.stat(start + key, options)),
    list: async (options) => {
      const page = await driver.list({ ...options, prefix: start + options.prefix });
      return { ...page, files: page.files.map(outside) };
    },
    read: async (key, options) => {
      const { info, content } = await driver.read(start + key, options);
      return { info: outside(info), content };
    },
    write: async (key, content, options) => outside(await driver.write(start + key, content, options)),
    delete: (key, options) => driver.delete(start + key, options),
  });
}
