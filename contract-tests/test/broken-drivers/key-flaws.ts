import { type FileInfo, Filesystem, type FilesystemDriver, StowageError } from "@stowage/core";
import { isValidKey } from "@stowage/core/driver";
import { wrapDriver } from "../../src/faults/wrap-driver.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import { brokenFilesystem, brokenPlace, type Flaw } from "./flaw.ts";

const ACCEPTING = { signal: new AbortController().signal };

export const keyFlaws: readonly Flaw[] = [
  storingAs("the extension is cut off", ["plain"], (key) => key.replace(/\.zip$/, "")),
  storingAs("a number is taken for a date", ["digits"], (key) => key.replace(/(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3")),
  storingAs("two dots become one", ["inner-dots"], (key) => key.replaceAll("..", ".")),
  storingAs("two dashes become one", ["inner-dots"], (key) => key.replaceAll("--", "-")),
  storingAs("a dot at the end is cut off", ["trailing-dot"], (key) => key.replace(/\.$/, "")),
  storingAs("keys are Latin-1", ["unicode", "right-to-left"], (key) => Buffer.from(key, "latin1").toString("latin1")),
  storingAs("keys are UCS-2", ["astral"], (key) => key.replace(/[\u{10000}-\u{10ffff}]/gu, "?")),
  storingAs("keys are normalized", ["combining", "normalization"], (key) => key.normalize("NFC")),
  storingAs("marks of direction are dropped", ["right-to-left"], (key) => key.replace(/[\u202a-\u202e]/g, "")),
  storingAs("spaces are trimmed", ["spaces", "leading-space"], (key) => key.trim()),
  storingAs("every space is a blank", ["lookalikes"], (key) => key.replace(/\s/gu, " ")),
  storingAs("what is not seen is dropped", ["lookalikes"], (key) =>
    key.replace(/\p{Default_Ignorable_Code_Point}/gu, ""),
  ),
  storingAs("line separators are dropped", ["lookalikes"], (key) => key.replace(/[\u2028\u2029]/g, "")),
  storingAs("keys are normalized to what they look like", ["lookalikes"], (key) => key.normalize("NFKC")),
  storingAs(
    "keys are decoded once too often",
    ["percent-20", "percent-2f", "percent-malformed", "leading-percent", "encoding"],
    decodeURIComponent,
  ),
  storingAs("some characters are escaped, and a percent sign is not", ["percent-2f"], (key) =>
    key.replace(/%(3a|2a|3f|22|3c|3e|7c)/g, (code) => decodeURIComponent(code)),
  ),
  storingAs("characters are escaped in another way", ["percent-2f"], (key) => key.replace(/=3A/g, ":")),
  storingAs("a plus is a space", ["plus"], (key) => key.replaceAll("+", " ")),
  storingAs("what follows a hash is cut off", ["hash"], (key) => key.replace(/#.*/, "")),
  storingAs("what follows a question mark is cut off", ["question-mark"], (key) => key.replace(/\?.*/, "")),
  storingAs("XML is decoded once too often", ["ampersand"], (key) => key.replaceAll("&amp;", "&")),
  storingAs("what follows a semicolon is cut off", ["semicolon"], (key) => key.replace(/;.*/, "")),
  storingAs("quotes are dropped", ["quotes"], (key) => key.replace(/["'`]/g, "")),
  storingAs("tags are stripped", ["angle-brackets"], (key) => key.replace(/<[^>]*>/g, "")),
  storingAs("a shell expands keys", ["globs"], (key) => key.replace(/\{(.*),.*\}|\$HOME/g, "$1")),
  storingAs("a dash at the start is an option", ["leading-dash"], (key) => key.replace(/^-\S+ /, "")),
  storingAs("a tilde is the home directory", ["leading-tilde"], (key) => key.replace(/^~/, "root-")),
  storingAs("an at sign at the start names a file", ["leading-at"], (key) => key.replace(/^@/, "")),
  storingAs("a byte order mark is dropped", ["byte-order-mark"], (key) => key.replace(/^\ufeff/, "")),
  storingAs("keys are cut to 199 bytes", ["200-bytes", "200-bytes-unicode"], (key) =>
    Buffer.from(key).subarray(0, 199).toString(),
  ),
  storingAs("keys are escaped and then cut to 255 bytes", ["200-bytes-unicode"], (key) =>
    encodeURIComponent(key).length > 255 ? key.slice(0, -1) : key,
  ),
  brokenPlace("a read calls an object by its escaped key", ["keys/spaces", "keys/unicode"], {
    driver: (place) => {
      const driver = new ReferenceDriver(place);
      return wrapDriver(driver, {
        read: async (key, options) => {
          const { info, content } = await driver.read(key, options);
          return { info: { ...info, key: encodeURIComponent(key) }, content };
        },
      });
    },
  }),
  storingAs("keys are lower-cased", ["letter-case"], (key) => key.toLowerCase()),
  accepting("empty", (key) => key === ""),
  accepting("dot", (key) => key === "." || key === ".."),
  accepting("leading-dot", (key) => String(key).startsWith(".hidden")),
  accepting("slash", (key) => String(key).includes("/")),
  accepting("backslash", (key) => String(key).includes("\\")),
  accepting("nul", (key) => String(key).includes("\u0000")),
  accepting("line-break", (key) => String(key).includes("\n")),
  accepting("control-characters", (key) => String(key).includes("\u007f")),
  accepting("lone-surrogate", (key) => typeof key === "string" && !key.isWellFormed()),
  accepting("201-bytes", (key) => String(key).length === 201),
  accepting("201-bytes-unicode", (key) => typeof key === "string" && key.length < 200 && Buffer.byteLength(key) > 200),
  accepting("non-string", (key) => key === 42),
  brokenFilesystem(
    "a bad key throws rather than rejects",
    ["keys/refuses-empty", "keys/refuses-non-string"],
    class extends Filesystem {
      override delete(key: string): Promise<void> {
        if (!isValidKey(key)) throw new StowageError("INVALID_KEY", "thrown", { operation: "delete" });
        return super.delete(key);
      }
    },
  ),
  brokenFilesystem(
    "keys are checked after the driver was opened",
    ["keys/refuses-slash", "keys/refuses-nul"],
    class extends Filesystem {
      override async stat(key: string): Promise<FileInfo> {
        await this.open();
        return super.stat(key);
      }
    },
  ),
];

/** A driver that stores each key as something else. */
export function storingAs(name: string, caughtBy: readonly string[], change: (key: string) => string): Flaw {
  const ids = caughtBy.map((id) => `keys/${id}`);
  return brokenPlace(name, ids, { driver: (place) => changingKeys(new ReferenceDriver(place), change) });
}

function changingKeys(driver: FilesystemDriver, change: (key: string) => string): FilesystemDriver {
  return wrapDriver(driver, {
    stat: async (key, options) => ({ ...(await driver.stat(change(key), options)), key }),
    read: (key, options) => driver.read(change(key), options),
    write: async (key, content, options) => ({ ...(await driver.write(change(key), content, options)), key }),
    delete: async (key, options) => driver.delete(change(key), options),
  });
}

/** A portable class that lets one kind of bad key through. */
function accepting(id: string, isAccepted: (key: unknown) => boolean): Flaw {
  return brokenFilesystem(
    `a key of the kind "${id}" is accepted`,
    [`keys/refuses-${id}`],
    class extends Filesystem {
      override stat(key: string): Promise<FileInfo> {
        return isAccepted(key) ? this.driver.stat(key, ACCEPTING) : super.stat(key);
      }
    },
  );
}
