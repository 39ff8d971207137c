import type { FilesystemDriver } from "@stowage/core";

/** Makes a driver that does what `driver` does, but for the members that are given. */
export function wrapDriver(driver: FilesystemDriver, changes: Partial<FilesystemDriver>): FilesystemDriver {
  return {
    kind: driver.kind,
    capabilities: driver.capabilities,
    ...(driver.directory === undefined ? {} : { directory: driver.directory }),
    ...(driver.directories === undefined ? {} : { directories: driver.directories }),
    open: (options) => driver.open(options),
    stat: (key, options) => driver.stat(key, options),
    list: (options) => driver.list(options),
    read: (key, options) => driver.read(key, options),
    write: (key, content, options) => driver.write(key, content, options),
    delete: (key, options) => driver.delete(key, options),
    close: () => driver.close(),
    classify: (error) => driver.classify(error),
    ...(driver.signUrl ? { signUrl: driver.signUrl.bind(driver) } : {}),
    ...changes,
  };
}
