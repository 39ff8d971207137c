import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FileInfo } from "@stowage/core";
import {
  compareKeys,
  type ListPage,
  type ListPageOptions,
  type ReadRangeOptions,
  type WriteObjectOptions,
} from "@stowage/core/driver";
import { MIB, nextTurn } from "../../src/case/content.ts";
import { ReferenceDriver } from "../reference-driver.ts";
import type { ReferencePlace, StoredObject } from "../reference-place.ts";
import { brokenPlace, type Flaw } from "./flaw.ts";

type Chunks = AsyncIterable<Uint8Array>;

/** Flaws of drivers that keep objects as files of their keys' names. */
export const diskFlaws: readonly Flaw[] = [
  onDisk(
    "a folder is described as an object",
    ["list/sub-folder"],
    (directory) =>
      class extends diskDriver(directory) {
        override find(key: string): StoredObject {
          if (isFolder(join(directory, key))) return FOLDER;
          return super.find(key);
        }
      },
  ),
  onDisk(
    "folders are listed as objects",
    ["list/sub-folder"],
    (directory) =>
      class extends diskDriver(directory) {
        override async list(options: ListPageOptions): Promise<ListPage> {
          const { files } = await super.list({ ...options, limit: 10_000, cursor: undefined });
          const folders = readdirSync(directory).filter((name) => isFolder(join(directory, name)));
          const listed = folders.map((key): FileInfo => ({ key, size: 0, modifiedAt: new Date() }));
          const all = [...files, ...listed].filter(({ key }) => key.startsWith(options.prefix));
          return { files: all.toSorted((left, right) => compareKeys(left.key, right.key)) };
        }
      },
  ),
  onDisk(
    "a folder is deleted with what lies in it",
    ["list/sub-folder"],
    (directory) =>
      class extends diskDriver(directory) {
        override async delete(key: string): Promise<void> {
          this.place.objects.delete(key);
          rmSync(join(directory, key), { recursive: true, force: true });
        }
      },
  ),
  onDisk(
    "constructing makes the directory",
    ["open/constructing-does-no-io"],
    (directory) =>
      class extends diskDriver(directory) {
        constructor(place: ReferencePlace) {
          super(place);
          mkdirSync(directory, { recursive: true });
        }
      },
  ),
  onDisk(
    "constructing looks into the directory",
    ["open/constructing-does-no-io"],
    (directory) =>
      class extends diskDriver(directory) {
        readonly entries = existsSync(directory) ? readdirSync(directory).length : 0;
      },
  ),
  onDisk(
    "a link is described as what it leads to",
    ["list/sub-folder"],
    (directory) =>
      class extends diskDriver(directory) {
        override find(key: string): StoredObject {
          const path = join(directory, key);
          return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? FOLDER : super.find(key);
        }
      },
  ),
  onDisk(
    "a link is deleted",
    ["list/sub-folder"],
    (directory) =>
      class extends diskDriver(directory) {
        override async delete(key: string): Promise<void> {
          await super.delete(key);
          const isLink = lstatSync(join(directory, key), { throwIfNoEntry: false })?.isSymbolicLink();
          if (isLink) rmSync(join(directory, key));
        }
      },
  ),
  onDisk("a read that finds a folder keeps it", ["life/folder-read-gives-back"], (directory) => {
    const kept: number[] = [];
    return class extends diskDriver(directory) {
      override async read(key: string, options: ReadRangeOptions) {
        if (isFolder(join(directory, key))) kept.push(openSync(directory, "r"));
        return super.read(key, options);
      }
      override async close(): Promise<void> {
        for (const descriptor of kept.splice(0)) closeSync(descriptor);
      }
    };
  }),
  onDisk(
    "the directory is that of something else",
    ["open/directory-holds-the-objects"],
    (directory) =>
      class extends diskDriver(directory) {
        protected override keep(): void {}
      },
  ),
  onDisk(
    "the directory is one that holds much else",
    ["open/directory-holds-the-objects"],
    (directory) =>
      class extends ReferenceDriver {
        readonly directory = directory;
        override async open(): Promise<void> {
          mkdirSync(directory, { recursive: true });
          writeFileSync(join(directory, "much-else"), Buffer.alloc(100_000));
        }
      },
  ),
  onDisk(
    "of several directories that are named none is the one",
    ["open/directory-holds-the-objects"],
    (directory) =>
      class extends ReferenceDriver {
        readonly directories = [directory];
      },
  ),
  onDisk(
    "the directory is none of the directories",
    ["open/directory-holds-the-objects"],
    (directory) =>
      class extends diskDriver(directory) {
        readonly directories = [];
      },
  ),
  onDisk(
    "an open that failed is taken for done",
    ["open/driver-opens-again-after-a-failure"],
    (directory) =>
      class extends diskDriver(directory) {
        #isOpen = false;
        override async open(): Promise<void> {
          if (this.#isOpen) return;
          this.#isOpen = true;
          mkdirSync(directory, { recursive: true });
        }
      },
  ),
];

const FOLDER: StoredObject = {
  bytes: Buffer.alloc(0),
  modifiedAt: new Date(0),
  etag: "folder",
  contentType: undefined,
};

/** Keeps a file for each object, besides. */
function diskDriver(directory: string) {
  return class extends ReferenceDriver {
    readonly directory = directory;
    override async open(): Promise<void> {
      mkdirSync(directory, { recursive: true });
    }
    override async write(key: string, content: Chunks, options: WriteObjectOptions): Promise<FileInfo> {
      const info = await super.write(key, takingTime(content), options);
      this.keep(key, this.place.objects.get(key)?.bytes ?? Buffer.alloc(0));
      return info;
    }
    protected keep(key: string, bytes: Uint8Array): void {
      writeFileSync(join(directory, key), bytes);
    }
    override async delete(key: string): Promise<void> {
      this.place.objects.delete(key);
      const isFile = lstatSync(join(directory, key), { throwIfNoEntry: false })?.isFile();
      if (isFile) rmSync(join(directory, key), { force: true });
    }
  };
}

function onDisk(
  name: string,
  caughtBy: readonly string[],
  make: (directory: string) => new (place: ReferencePlace) => ReferenceDriver,
): Flaw {
  return brokenPlace(name, caughtBy, {
    driver: (place) => new (make(directoryOf(place)))(place),
    changes: (_, place) => ({ dispose: () => rmSync(directoryOf(place), { recursive: true, force: true }) }),
  });
}

const directories = new WeakMap<ReferencePlace, string>();

/** One for each place: cases run side by side. */
function directoryOf(place: ReferencePlace): string {
  const directory = directories.get(place) ?? join(tmpdir(), `reference-${crypto.randomUUID()}`);
  directories.set(place, directory);
  return directory;
}

/** Lets the event loop turn at each mebibyte, as a disk does. */
async function* takingTime(content: Chunks): AsyncGenerator<Uint8Array, void, void> {
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > MIB) {
      size = 0;
      await nextTurn();
    }
    yield chunk;
  }
}

function isFolder(path: string): boolean {
  return existsSync(path) && statSync(path).isDirectory();
}
