import { type FileInfo, type FilesystemDriver, StowageError } from "@stowage/core";
import { wrapDriver } from "../../src/faults/wrap-driver.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import { brokenPlace, type Flaw } from "./flaw.ts";

const DOT = ["keys/leading-dot"];

export const libraryKeyFlaws: readonly Flaw[] = [
  breaking("keys with a leading dot are not listed", DOT, (driver) => ({
    list: async (options) => {
      const { files, ...page } = await driver.list(options);
      return { ...page, files: files.filter(({ key }) => !key.startsWith(".")) };
    },
  })),
  breaking("keys with a leading dot are listed only if they are asked for", DOT, (driver) => ({
    list: async (options) => {
      const { files, ...page } = await driver.list(options);
      return { ...page, files: options.prefix.length > 1 ? files : files.filter(({ key }) => !key.startsWith(".")) };
    },
  })),
  breaking("keys with a leading dot are refused", DOT, (driver) => ({
    write: async (key, content, options) => {
      if (key.startsWith(".")) throw new StowageError("INVALID_KEY", "hidden files are not allowed");
      return driver.write(key, content, options);
    },
  })),
  breaking("keys with a leading dot are not found", DOT, (driver) => ({
    stat: async (key, options) => {
      if (key.startsWith(".")) throw new StowageError("NOT_FOUND", "hidden");
      return driver.stat(key, options);
    },
  })),
  breaking("keys with a leading dot are never deleted", DOT, (driver) => ({
    delete: async (key, options) => (key.startsWith(".") ? undefined : driver.delete(key, options)),
  })),
  breaking("keys with a leading dot are never taken", DOT, (driver) => ({
    write: (key, content, options) =>
      driver.write(key, content, key.startsWith(".") ? { ...options, ifNotExists: false } : options),
  })),
  breaking("keys with a leading dot are listed first", ["keys/leading-dot-in-order"], (driver) => ({
    list: async (options) => {
      const { files, ...page } = await driver.list(options);
      const isHidden = ({ key }: FileInfo) => key.startsWith(".");
      return { ...page, files: [...files.filter(isHidden), ...files.filter((file) => !isHidden(file))] };
    },
  })),
  refusing("a folder of the driver's own takes a name", /^tmp$/),
  refusing("a hidden folder of the driver's own takes a name", /^\.trash$/),
  breaking("names that Windows has for itself are refused", ["keys/whole-names"], (driver) => ({
    write: async (key, content, options) => {
      if (/^(con|nul|aux|prn)$/i.test(key)) throw new Error("this name cannot be a file");
      return driver.write(key, content, options);
    },
  })),
  breaking("names that desktops and file systems have for themselves are hidden", ["keys/whole-names"], (driver) => ({
    list: async (options) => {
      const { files, ...page } = await driver.list(options);
      return {
        ...page,
        files: files.filter(({ key }) => !/^(\.DS_Store|Thumbs\.db|\.nfs.*|\.fuse_hidden.*)$/.test(key)),
      };
    },
  })),
  breaking("numbers are listed by their value", ["keys/whole-names"], (driver) => ({
    list: async (options) => {
      const { files, ...page } = await driver.list(options);
      const byValue = new Map(files.map((file) => [file.key, file]));
      return { ...page, files: Object.values(Object.fromEntries(byValue)) }; // whose whole numbers come first
    },
  })),
  breaking("names that are random or between two hashes are hidden", ["keys/whole-names"], (driver) => ({
    list: async (options) => {
      const { files, ...page } = await driver.list(options);
      return { ...page, files: files.filter(({ key }) => !/^(#.*#|[0-9a-f]{8}-[0-9a-f]{4}-.*)$/.test(key)) };
    },
  })),
  breaking("a dot at the start has a word that is taken for it", ["keys/whole-names"], (driver) => ({
    list: async (options) => {
      const { files, ...page } = await driver.list(options);
      return { ...page, files: files.map((file) => ({ ...file, key: file.key.replace(/^_dot_/, ".") })) };
    },
  })),
  breaking("what an object of JavaScript has is there", ["keys/whole-names"], (driver) => {
    const known: Record<string, unknown> = {};
    return {
      write: async (key, content, options) => {
        if (key in known && known[key] !== true) throw new Error("it is there already");
        known[key] = true;
        return driver.write(key, content, options);
      },
    };
  }),
  breaking("the dot at the start of a key is dropped", DOT, (driver) => ({
    write: (key, content, options) => driver.write(key.replace(/^\./, ""), content, options),
  })),
  longest("keys of more than 215 bytes are refused", ["keys/240-bytes", "keys/240-bytes-unicode"], (key) => {
    if (Buffer.byteLength(key) > 215) throw new StowageError("INVALID_KEY", "too long");
    return key;
  }),
  longest("keys are cut to 239 bytes", ["keys/240-bytes", "keys/240-bytes-unicode"], (key) =>
    Buffer.from(key).subarray(0, 239).toString(),
  ),
  longest("the longest keys are escaped and then cut to 255 bytes", ["keys/240-bytes-unicode"], (key) =>
    encodeURIComponent(key).length > 255 ? key.slice(0, -1) : key,
  ),
];

function refusing(name: string, pattern: RegExp): Flaw {
  return breaking(name, ["keys/whole-names"], (driver) => ({
    write: async (key, content, options) => {
      if (pattern.test(key)) throw new Error("EISDIR");
      return driver.write(key, content, options);
    },
  }));
}

function breaking(
  name: string,
  caughtBy: readonly string[],
  change: (driver: FilesystemDriver) => Partial<FilesystemDriver>,
): Flaw {
  return brokenPlace(name, caughtBy, {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, change(driver));
    },
  });
}

function longest(name: string, caughtBy: readonly string[], change: (key: string) => string): Flaw {
  return breaking(name, caughtBy, (driver) => ({
    write: async (key, content, options) => ({ ...(await driver.write(change(key), content, options)), key }),
    stat: async (key, options) => ({ ...(await driver.stat(change(key), options)), key }),
  }));
}
