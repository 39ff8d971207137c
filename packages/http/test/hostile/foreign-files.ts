import { execFile } from "node:child_process";
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

/** What is in every foreign file: no answer may hold it. */
export const FOREIGN_CONTENT = "planted: belongs to somebody else";

/** Names in the directory of the backups that are no backups: folders, hidden files, a lock, links, a pipe, names that are no keys. */
const FOREIGN_FILES = [
  ".secret-hidden.zip",
  ".stowage-lock.foreign",
  ".stowage-tmp-foreign",
  "folder/secret-inside.zip",
  "bad\nname.zip",
  "back\\slash.zip",
  "x".repeat(201),
];

/** Lays foreign files into the directory of the backups and beside it. Returns their names. */
export async function plantForeignFiles(backups: string, beside: string): Promise<string[]> {
  await mkdir(join(backups, "folder"), { recursive: true });
  await mkdir(join(beside, "secret-folder"), { recursive: true });
  for (const name of FOREIGN_FILES) await writeFile(join(backups, name), FOREIGN_CONTENT);
  await writeFile(Buffer.concat([Buffer.from(`${backups}/`), Buffer.from([0xff, 0x2e, 0x7a])]), FOREIGN_CONTENT);
  for (const name of ["secret-beside.txt", "secret-folder/secret-beside.txt"]) {
    await writeFile(join(beside, name), FOREIGN_CONTENT);
  }
  await symlink(join(beside, "secret-beside.txt"), join(backups, "secret-link.zip"));
  await symlink(join(beside, "secret-folder"), join(backups, "secret-folder-link"));
  await promisify(execFile)("mkfifo", [join(backups, "secret-pipe.zip")]);
  return [
    "secret-beside",
    "secret-hidden",
    "secret-inside",
    "secret-link",
    "secret-pipe",
    "stowage-lock",
    "stowage-tmp",
  ];
}

/** What each restore that begins leaves for the next one. */
const LOCK = /^\.stowage-lock\.\d{16}$/;

/** All that lies below a directory but locks, with what would show a change: kind, inode, time and content. */
export async function picture(directory: string): Promise<Record<string, unknown>> {
  const entries: Record<string, unknown> = {};
  const names = await readdir(Buffer.from(directory), { encoding: "buffer" });
  for (const name of names) {
    if (LOCK.test(name.toString("latin1"))) continue;
    const path = Buffer.concat([Buffer.from(`${directory}/`), name]);
    const stats = await lstat(path);
    const known = { mode: stats.mode, inode: stats.ino, changedAt: stats.ctimeMs, size: stats.size };
    const label = name.toString("latin1");
    if (stats.isDirectory()) entries[label] = await picture(path.toString());
    else if (stats.isSymbolicLink()) entries[label] = { ...known, content: await readlink(path, "latin1") };
    else entries[label] = stats.isFile() ? { ...known, content: await readFile(path, "latin1") } : known;
  }
  return entries;
}
