import { fileURLToPath } from "node:url";
import { type Filesystem, StowageError } from "@stowage/core";
import { importDriver } from "./import-driver.ts";
import { QueryParameters } from "./query-parameters.ts";

/** Opens `file:///srv/backups`: a directory of this host, created with the first call if it is missing, unless it has `?create=false`. */
export async function openFileUrl(url: URL): Promise<Filesystem> {
  const parameters = new QueryParameters(url);
  const create = parameters.flag("create");
  parameters.assertAllKnown();
  if (url.hostname !== "") throw new StowageError("CONFIG_INVALID", "url: three slashes follow file:, and no host");
  const directory = directoryOf(url);
  const { localFilesystem } = await importDriver(["@stowage/local"], () => import("@stowage/local"));
  return localFilesystem({ directory, ...(create !== undefined && { create }) });
}

function directoryOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch {
    throw new StowageError("CONFIG_INVALID", "url: it names no path of this host"); // such as %2F in a name
  }
}
