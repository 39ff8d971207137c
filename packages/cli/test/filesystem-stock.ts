import type { Filesystem } from "@stowage/core";

/** The most that a case takes in one turn, and some. */
const SIZE = 12;

/** Filesystems made beforehand, because a case takes one at once while `openFilesystem` makes one later. */
export class FilesystemStock {
  readonly #make: () => Promise<Filesystem>;
  readonly #making = new Set<Promise<void>>();
  readonly #ready: Filesystem[] = [];

  private constructor(make: () => Promise<Filesystem>) {
    this.#make = make;
  }

  static async fill(make: () => Promise<Filesystem>): Promise<FilesystemStock> {
    const stock = new FilesystemStock(make);
    await Promise.all(Array.from({ length: SIZE }, () => stock.#add()));
    return stock;
  }

  take(): Filesystem {
    const filesystem = this.#ready.pop();
    if (!filesystem) throw new Error(`a case takes more than ${SIZE} filesystems at once`);
    const making = this.#add().finally(() => this.#making.delete(making));
    this.#making.add(making);
    return filesystem;
  }

  async close(): Promise<void> {
    await Promise.all(this.#making);
    await Promise.all(this.#ready.splice(0).map((filesystem) => filesystem.close()));
  }

  async #add(): Promise<void> {
    this.#ready.push(await this.#make());
  }
}
