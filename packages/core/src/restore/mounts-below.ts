import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, resolve, sep } from "node:path";
import { closingAfter, type Disk } from "../disk.ts";
import { isMissing, utf8ChildrenOf } from "./disk-steps.ts";

const MOUNTS_FILE = "/proc/self/mountinfo";
const READ_SIZE = 64 * 1024;

/**
 * Finds what is mounted below a directory: names relative to it, "/"-separated, sorted. The directory itself may be a mount.
 *
 * The kernel's list is the only place that shows a bind mount of the same device (`/proc/self/mountinfo`, see proc(5)). Where
 * there is none, directories on another device than `directory` are found, and such bind mounts are not.
 */
export async function mountsBelow(disk: Disk, directory: string): Promise<string[]> {
  const mounts = await readMounts(disk);
  if (mounts === undefined) return otherDevices(disk, directory);
  const real = await realpath(directory).catch(() => resolve(directory));
  const below = mounts.map((mount) => relative(real, mount)).filter(isBelow);
  return [...new Set(below.map((name) => name.split(sep).join("/")))].sort();
}

/** Says whether a directory, or something below it, is a mount of the kernel's list. */
export async function holdsMounts(disk: Disk, directory: string): Promise<boolean> {
  const mounts = await readMounts(disk);
  if (mounts === undefined) return false;
  const real = await realpath(directory).catch(() => resolve(directory));
  return mounts.some((mount) => mount === real || isBelow(relative(real, mount)));
}

function isBelow(name: string): boolean {
  return name !== "" && name !== ".." && !name.startsWith(`..${sep}`) && !isAbsolute(name);
}

/** The paths where something is mounted; undefined where the kernel has no such list. */
async function readMounts(disk: Disk): Promise<string[] | undefined> {
  try {
    const file = await disk.openFile(MOUNTS_FILE);
    return parseMounts(await closingAfter(file, () => readToEnd((buffer, position) => file.read(buffer, position))));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Reads a file whose size is not known beforehand. */
async function readToEnd(read: (buffer: Uint8Array, position: number) => Promise<number>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let position = 0; ; ) {
    const chunk = Buffer.alloc(READ_SIZE);
    const size = await read(chunk, position);
    chunks.push(chunk.subarray(0, size));
    if (size < READ_SIZE) return Buffer.concat(chunks);
    position += size;
  }
}

/** The mount points of a mountinfo file: the fifth field of each line, where blank characters and "\" are octal escapes. */
export function parseMounts(content: Buffer): string[] {
  const lines = content.toString("latin1").split("\n");
  const fields = lines.map((line) => line.split(" ")[4]).filter((field) => field !== undefined);
  return fields.map((field) => {
    const bytes = field.replace(/\\([0-7]{3})/g, (_escape, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    return Buffer.from(bytes, "latin1").toString("utf8");
  });
}

async function otherDevices(disk: Disk, directory: string, below = ""): Promise<string[]> {
  const own = await describe(disk, join(directory, below));
  const found: string[] = [];
  for (const child of await utf8ChildrenOf(disk, join(directory, below))) {
    const name = below === "" ? child : `${below}/${child}`;
    const entry = await describe(disk, join(directory, name));
    if (!entry?.isDirectory()) continue;
    if (entry.dev !== own?.dev) found.push(name);
    else found.push(...(await otherDevices(disk, directory, name)));
  }
  return found.sort();
}

async function describe(disk: Disk, path: string) {
  try {
    return await disk.lstat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
