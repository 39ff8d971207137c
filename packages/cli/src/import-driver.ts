import { StowageError } from "@stowage/core";

/**
 * Imports a driver. If its package, or one that it needs beside it, is not installed, that is `CONFIG_INVALID` with the
 * command that installs what is missing.
 */
export async function importDriver<Module>(packages: readonly string[], load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (cause) {
    const missing = missingPackage(cause);
    if (missing === undefined || !packages.includes(missing)) throw cause;
    const message = `url: the driver of this scheme is not installed: npm install ${packages.join(" ")}`;
    throw new StowageError("CONFIG_INVALID", message, { cause });
  }
}

/** The name in Node's message "Cannot find package 'name' imported from …" (ERR_MODULE_NOT_FOUND). */
function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error) || error.code !== "ERR_MODULE_NOT_FOUND") return undefined;
  return /^Cannot find package '([^']+)'/.exec(error.message)?.[1];
}
