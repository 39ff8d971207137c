import type { Awaitable } from "../concurrency/steps.ts";
import { closingAfter, type Disk, platformOf } from "./disk.ts";
import { isMissing } from "./disk-steps.ts";

const READ_SIZE = 64 * 1024;
const ESCAPE = /\\([0-7]{3})/g;

/** A line of the kernel's list: which directory of which file system is seen at a path. */
export interface Mount {
  readonly id: string;
  /** The mount that it covers a directory of. */
  readonly parentId: string;
  /** The file system: "major:minor". */
  readonly device: string;
  /** The directory of that file system, from its top: "/" unless a part of it is mounted, as by a bind mount. */
  readonly root: string;
  /** Where it is seen. */
  readonly point: string;
}

/** Reads what is mounted, undefined where the kernel has no list. */
export async function readMounts(disk: Disk): Promise<Mount[] | undefined> {
  const { mountList } = platformOf(disk);
  if (mountList === undefined) return undefined;
  try {
    const file = await disk.openFile(mountList);
    return parseMounts(await closingAfter(file, () => readToEnd((buffer, position) => file.read(buffer, position))));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Reads a file whose size is not known beforehand. */
async function readToEnd(read: (buffer: Uint8Array, position: number) => Awaitable<number>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let position = 0; ; ) {
    const chunk = Buffer.alloc(READ_SIZE);
    const size = await read(chunk, position);
    chunks.push(chunk.subarray(0, size));
    if (size < READ_SIZE) return Buffer.concat(chunks);
    position += size;
  }
}

/** The lines of a mountinfo file: see proc(5). Blank characters and "\" in its paths are octal escapes. */
export function parseMounts(content: Buffer): Mount[] {
  const mounts: Mount[] = [];
  for (const line of content.toString("latin1").split("\n")) {
    const [id = "", parentId = "", device = "", root, point] = line.split(" ");
    if (root === undefined || point === undefined) continue;
    mounts.push({ id, parentId, device, root: unescaped(root), point: unescaped(point) });
  }
  return mounts;
}

function unescaped(field: string): string {
  const bytes = field.replace(ESCAPE, (_escape, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}
