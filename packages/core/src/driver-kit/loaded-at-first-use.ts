import { StowageError } from "../errors.ts";
import { messageOf } from "../message-of.ts";

/** What Node says of a package that is not installed, by `import` and by `require`. */
const MISSING: ReadonlySet<unknown> = new Set(["ERR_MODULE_NOT_FOUND", "MODULE_NOT_FOUND"]);

export interface LoadedAtFirstUse<T> {
  /** Loads at the first call. `CONFIG_INVALID` if that fails, for good: Node loads nothing a second time that has failed. */
  get(): Promise<T>;
  /** What was loaded, or is being loaded. Undefined if nothing was, or that failed. */
  loaded(): Promise<T | undefined>;
}

/** What a driver makes of a module that imports a package which is large, or may be missing: `load` imports it, `make` comes behind. */
export function loadedAtFirstUse<Module, T>(
  packageName: string,
  load: () => Promise<Module>,
  make: (module: Module) => T,
): LoadedAtFirstUse<T> {
  let loading: Promise<T> | undefined;
  return {
    get: () => {
      loading ??= load()
        .catch((cause: unknown) => fail(packageName, cause))
        .then(make);
      return loading;
    },
    loaded: async () => loading?.catch(() => undefined),
  };
}

function fail(packageName: string, cause: unknown): never {
  const isMissing = typeof cause === "object" && cause !== null && "code" in cause && MISSING.has(cause.code);
  const help = isMissing ? `; npm install ${packageName} brings it` : "";
  throw new StowageError("CONFIG_INVALID", `${packageName} cannot be loaded${help}: ${messageOf(cause)}`, { cause });
}
