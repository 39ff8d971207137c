import { fileURLToPath } from "node:url";
import { type Filesystem, StowageError } from "@stowage/core";
import { importDriver } from "./import-driver.ts";
import { optionsOfUrl } from "./options-of-url.ts";

/** Opens `file:///srv/backups`: a directory of this host, created with the first call if it is missing, unless it has `?create=false`. */
export async function openFileUrl(url: URL): Promise<Filesystem> {
  const { LOCAL_OPTION_RULES, localFilesystem } = await importDriver(
    ["@stowage/local"],
    () => import("@stowage/local"),
  );
  const options = optionsOfUrl(url, LOCAL_OPTION_RULES);
  if (url.hostname !== "") throw new StowageError("CONFIG_INVALID", "url: three slashes follow file:, and no host");
  return localFilesystem({ ...options, directory: directoryOf(url) });
}

function directoryOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw new StowageError("CONFIG_INVALID", "url: it names no path of this host"); // such as %2F in a name
  }
}
