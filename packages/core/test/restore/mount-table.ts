import type { Disk, DiskFile } from "../../src/disk.ts";

/** A disk whose kernel says that something is mounted at these paths, and nowhere else. */
export function withMounts(disk: Disk, paths: readonly string[]): Disk {
  const table = Buffer.from(paths.map((path) => `1 0 8:1 / ${escaped(path)} rw - ext4 none rw\n`).join(""));
  return {
    ...disk,
    openFile: async (path) => (path === "/proc/self/mountinfo" ? fileOf(table) : disk.openFile(path)),
  };
}

function escaped(path: string): string {
  return path.replace(/[ \t\n\\]/g, (blank) => `\\${blank.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

function fileOf(content: Buffer): DiskFile {
  const refuse = () => Promise.reject(new Error("read-only"));
  return {
    stat: refuse,
    read: async (buffer, position) => content.copy(buffer, 0, position),
    write: refuse,
    setMode: refuse,
    setModifiedAt: refuse,
    sync: refuse,
    close: async () => {},
  };
}
