import { Filesystem, type FilesystemDriver, StowageError } from "@stowage/core";
import { importDriver } from "./import-driver.ts";
import { optionsOfUrl } from "./options-of-url.ts";

/** What `memory:name` means, for as long as the process lives: each name has one driver, which holds the objects. */
const drivers = new Map<string, FilesystemDriver>();

/** Opens `memory:`, which nobody else sees, or `memory:name`, which is the same for every caller in this process. */
export async function openMemoryUrl(url: URL): Promise<Filesystem> {
  const { MEMORY_OPTION_RULES, MemoryDriver } = await importDriver(
    ["@stowage/memory"],
    () => import("@stowage/memory"),
  );
  optionsOfUrl(url, MEMORY_OPTION_RULES);
  if (url.href.startsWith("memory:/")) throw new StowageError("CONFIG_INVALID", "url: no slash follows memory:");
  const driver = drivers.get(url.pathname) ?? new MemoryDriver();
  if (url.pathname !== "") drivers.set(url.pathname, driver);
  return new Filesystem(driver);
}
