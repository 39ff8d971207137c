import type { FilesystemDriver } from "@stowage/core";
import { wrapDriver } from "./wrap-driver.ts";

/** A method of a driver that does I/O. */
export type DriverVerb = "open" | "stat" | "list" | "read" | "write" | "delete" | "signUrl" | "close";

/** Runs a call of the driver, or does something else instead. */
export type Intercept = <T>(verb: DriverVerb, call: () => Promise<T>) => Promise<T>;

/** Passes every call of the driver through `intercept`. The wrappers that fail or delay calls are made of it. */
export function interceptCalls(driver: FilesystemDriver, intercept: Intercept): FilesystemDriver {
  const { signUrl } = driver;
  return wrapDriver(driver, {
    open: (options) => intercept("open", () => driver.open(options)),
    stat: (key, options) => intercept("stat", () => driver.stat(key, options)),
    list: (options) => intercept("list", () => driver.list(options)),
    read: (key, options) => intercept("read", () => driver.read(key, options)),
    write: (key, content, options) => intercept("write", () => driver.write(key, content, options)),
    delete: (key, options) => intercept("delete", () => driver.delete(key, options)),
    close: () => intercept("close", () => driver.close()),
    ...(signUrl ? { signUrl: (key, options) => intercept("signUrl", () => signUrl.call(driver, key, options)) } : {}),
  });
}
