import type { Disk, DiskFile } from "../../src/disk/disk.ts";

/** A disk whose kernel says that something is mounted at these paths, and nowhere else, and that renames accordingly. */
export function withMounts(disk: Disk, paths: readonly string[]): Disk {
  return {
    ...disk,
    openFile: async (path) => (path === "/proc/self/mountinfo" ? fileOf(tableOf(paths)) : disk.openFile(path)),
    rename: async (from, to) => {
      assertRenamable(String(from), String(to), paths);
      return disk.rename(from, to);
    },
    removeDirectory: async (path) => {
      if (paths.includes(String(path))) throw failure("EBUSY", String(path));
      return disk.removeDirectory(path);
    },
  };
}

/** A file as proc(5) describes /proc/self/mountinfo. */
export function tableOf(paths: readonly string[]): Buffer {
  const lines = paths.map((path, index) => `${index + 1} 0 8:${index + 1} / ${escaped(path)} rw - ext4 none rw\n`);
  return Buffer.from(lines.join(""));
}

/** A number that two paths share if they are on one mount: 0 outside of all. */
export function deviceOf(path: string, mounts: readonly string[]): number {
  const above = mounts.filter((mount) => path === mount || path.startsWith(`${mount}/`));
  const nearest = above.toSorted((left, right) => right.length - left.length)[0];
  return nearest === undefined ? 0 : 1 + mounts.indexOf(nearest);
}

/** Throws as rename(2) does: EBUSY for a mount, EXDEV from one to another. A directory that holds a mount takes it along. */
export function assertRenamable(from: string, to: string, mounts: readonly string[]): void {
  if (mounts.some((mount) => mount === from || mount === to)) throw failure("EBUSY", from);
  if (deviceOf(from, mounts) !== deviceOf(to, mounts)) throw failure("EXDEV", from);
  if (mounts.some((mount) => mount.startsWith(`${from}/`)))
    throw new Error(`a mount below ${from} would be moved along`);
}

function escaped(path: string): string {
  return path.replace(/[ \t\n\\]/g, (blank) => `\\${blank.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

function failure(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function fileOf(content: Buffer): DiskFile {
  const refuse = () => Promise.reject(new Error("read-only"));
  return {
    stat: refuse,
    statExactly: refuse,
    touchEmpty: refuse,
    read: async (buffer, position) => content.copy(buffer, 0, position),
    write: refuse,
    writeAt: refuse,
    setOwner: refuse,
    setMode: refuse,
    setModifiedAt: refuse,
    sync: refuse,
    close: async () => {},
  };
}
